import type { Distributed, GridShape, GridValues } from '~~/shared/utils/population-grid'

interface Cell { unit: string, group: string, area: string, count: number | null, waiting: number | null, withdraws: boolean }
interface Refusal { code: string, message: string, details: { field?: string, fields?: Record<string, string> } }
interface Change { name: string, unit: string, group: string, area: string, before: number | null, after: number | null | undefined, text: string }

/**
 * The figures of a grid as they are being written: what is different from what stands there, a block pasted from a
 * spreadsheet, and saving all of it at once. Works the same when the form is sent to the page without scripts.
 */
export async function usePopulationGrid(
  key: string,
  year: number,
  cells: () => readonly Cell[],
  shape: (values: GridValues) => GridShape,
  done: (entered: number) => unknown,
) {
  const t = useDeskTranslate()
  const app = useNuxtApp()
  const posted = usePosted()
  const cookie = useRequestHeaders(['cookie'])
  const standing = () => Object.fromEntries(cells().filter(cell => cell.count !== null || cell.waiting !== null || cell.withdraws)
    .map(cell => [cellName(cell.unit, cell.group, cell.area), cell.withdraws ? null : cell.waiting ?? cell.count]))
  const asText = (): GridValues => Object.fromEntries(Object.entries(standing()).map(([name, count]) => [name, count === null ? '' : String(count)]))

  const begin = () => ({
    values: { ...asText(), ...own(posted) } as GridValues,
    source: posted?.source ?? '', asOf: posted?.asOf ?? '', block: posted?.block ?? '',
    problems: [] as Distributed['problems'], errors: {} as Record<string, string>, notice: '',
  })
  const state = useState(`population-grid ${key}`, begin)
  // Coming back to a grid begins anew; only what the server wrote is taken over.
  if (import.meta.client && !app.isHydrating) state.value = begin()
  const sending = ref(false)

  const changes = computed<Change[]>(() => {
    const before = standing()
    return Object.entries(state.value.values).flatMap(([name, text]) => {
      const [, unit = '', group = '', area = 'all'] = name.split('.')
      const after = readCount(text)
      return after === (before[name] ?? null) ? [] : [{ name, unit, group, area, before: before[name] ?? null, after, text }]
    })
  })

  function take(block: string, from?: { row: string, column: string }): void {
    const { values, problems } = distribute(readBlock(block), shape(state.value.values), from)
    Object.assign(state.value.values, values)
    state.value.problems = problems
    state.value.errors = {}
  }

  async function save(): Promise<void> {
    sending.value = true
    state.value.errors = {}
    state.value.notice = ''
    try {
      const figures = Object.fromEntries(changes.value.flatMap(change => [[change.name, change.text], ...(change.after === null ? [[`withdraw.${change.name}`, 'yes']] : [])]))
      const { entered } = await $fetch('/api/desk/populations', { method: 'POST', headers: cookie, body: { year, source: state.value.source, asOf: state.value.asOf, ...figures } })
      await app.runWithContext(() => done(entered))
    }
    catch (error) {
      const { data } = error as { data?: Refusal }
      if (!data?.code) return void (state.value.notice = t('populations.notSaved'))
      const fields = { ...data.details.fields, ...(data.details.field ? { [data.details.field]: data.code } : {}) }
      state.value.errors = Object.fromEntries(Object.entries(fields).map(([name, code]) => [name, t(`errors.${code as 'population_count_invalid'}`)]))
      state.value.notice = data.code === 'population_cells_invalid' || Object.keys(fields).length > 1 ? t('errors.population_cells_invalid') : data.message
    }
    finally { sending.value = false }
  }

  if (posted) {
    if (posted.block) take(posted.block)
    if (posted.step === 'save') await save()
  }

  const reset = () => Object.assign(state.value, { values: asText(), problems: [], block: '' })
  return { state, changes, sending: readonly(sending), take, save, reset }
}

function own(posted: Record<string, string> | undefined): GridValues {
  return Object.fromEntries(Object.entries(posted ?? {}).filter(([name]) => name.startsWith('c.')))
}
