interface Checked { faults: readonly { what: string }[] }

/** Draws again on the reader's own device, by the same program that can be downloaded, from the same file. */
export function useDrawCheck(code: string) {
  const states = ref<Record<number, 'running' | 'same' | 'other' | 'failed'>>({})
  async function check(pool: number): Promise<void> {
    states.value[pool] = 'running'
    try {
      // A file of its own, outside the build: what is run here is what is published.
      const program = '/draw-check.mjs'
      const { redraw } = await import(/* @vite-ignore */ program) as { redraw: (draw: object) => Promise<Checked> }
      const { faults } = await redraw(await $fetch<object, string>(`/api/draws/${code}/${pool}/draw.json`))
      states.value[pool] = faults.length ? 'other' : 'same'
    }
    catch { states.value[pool] = 'failed' }
  }
  return { states, check }
}
