/** Seconds until something may be done again. */
export function useCountdown() {
  const secondsLeft = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined

  function start(seconds: number): void {
    clearInterval(timer)
    const endsAt = Date.now() + seconds * 1000
    secondsLeft.value = seconds
    timer = setInterval(() => {
      secondsLeft.value = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000))
      if (secondsLeft.value === 0) clearInterval(timer)
    }, 1000)
  }

  onScopeDispose(() => clearInterval(timer))
  return { secondsLeft: readonly(secondsLeft), start }
}
