import type { SessionClash, SessionRow } from '~~/shared/types/desk-activities'
import type { Flash } from '~~/shared/types/flash'

const SAVE = '/api/desk/activities'
const REPEAT = '/api/desk/activities/repeat'
const CLASHES = '/api/desk/activities/clashes'
const EMPTY = {
  unit: '', title: '', kind: 'training', form: 'training', category: '', summary: '', department: '', lecturer: '', venue: '', room: '', phone: '', fee: '', feeFor: '', minors: 'with_guardian', minorsStaff: '', youngest: '', oldest: '',
  forUnit: '', signUp: 'session', admission: 'first_come', opensAt: '', closesAt: '', seats: '', sessions: '',
  forLevel: '', cameLeast: '', cameOf: 'host', cameActivity: '', cameCategory: '', cameSince: '', newcomers: 'as_all',
}
const RULE = { repeatFrom: '', repeatStart: '09:00', repeatEnd: '10:30', rhythm: 'weekly', weekOfMonth: '1', count: '', until: '', except: '', skipHolidays: 'yes', days: '' }

interface Skipped { day: string, holiday: { zh: string, en: string } | null }
interface Given {
  unit: { code: string }
  hosts: readonly { code: string }[]
  fields: Record<string, string> | null
  sessions: SessionRow[]
  activity: { id: number, version: number } | null
  copied: { id: number } | null
}

/**
 * The rows of a plan, and what a rule adds to them. Without scripts every press sends the form to its own page, which takes one step
 * (`step`) before it is shown again with all that was typed, however much; with scripts the same steps are asked of the API.
 */
export function useActivitySteps(given: Given | null | undefined) {
  const app = useNuxtApp()
  const posted = usePosted()
  const flash = useFlash()
  const headers = useRequestHeaders(['cookie'])
  const rows = useState<SessionRow[]>('activity-rows', () => posted ? rowsOf(posted) : given?.sessions.map(row => ({ ...row })) ?? [])
  const clashes = useState<SessionClash[]>('activity-clashes', () => [])
  const repeated = useState<{ added: number, skipped: Skipped[], workingDays: string[], unknownYears: string[], provisionalYears: string[], isCut: boolean } | null>('activity-repeated', () => null)
  onUnmounted(() => clearNuxtState(['activity-rows', 'activity-clashes', 'activity-repeated']))

  /** Takes the step that the posted form asks for, if there is one. */
  async function take() {
    if (!posted || !given) return
    const { step } = posted
    try {
      if (step === 'add') add()
      else if (step?.startsWith('remove')) remove(Number(step.slice(6)))
      else if (step === 'repeat') addRepeated(await $fetch<Parameters<typeof addRepeated>[0], string>(REPEAT, { method: 'POST', headers, body: posted }))
      else if (step === 'save') {
        const { id } = await $fetch<{ id: number }>(SAVE, { method: 'POST', headers, body: posted })
        await app.runWithContext(() => navigateTo({ name: 'desk-activities-id', params: { id }, query: { done: 'saved' } }, { redirectCode: 303 }))
        return
      }
      // The rows are those that the step left, not those that came.
      await look({ ...Object.fromEntries(Object.entries(posted).filter(([name]) => !/^s\d+\./.test(name))), ...flat() })
    }
    catch (refused) { flash.value = { code: 'input_invalid', details: {}, ...(refused as { data?: object }).data, typed: posted } as Flash }
  }

  function rowsOf(fields: Record<string, string>): SessionRow[] {
    const places = new Set(Object.keys(fields).flatMap(name => /^s(\d{1,3})\./.exec(name)?.[1] ?? []))
    const at = (place: string, field: string) => fields[`s${place}.${field}`] ?? ''
    return [...places].sort((a, b) => Number(a) - Number(b)).map(place => ({ id: at(place, 'id'), date: at(place, 'date'), start: at(place, 'start'), end: at(place, 'end'), venue: at(place, 'venue'), room: at(place, 'room'), seats: at(place, 'seats') }))
  }

  /** The rows as fields of a form. */
  function flat(): Record<string, string> {
    return Object.fromEntries(rows.value.flatMap((row, place) => Object.entries(row).map(([field, value]) => [`s${place}.${field}`, value])))
  }

  /** One more: a week after the last, at the same time. */
  function add() {
    const last = rows.value.at(-1)
    const time = last?.date ? Date.parse(`${last.date}T00:00:00Z`) : Number.NaN
    rows.value.push({ id: '', date: Number.isNaN(time) ? '' : new Date(time + 7 * 86_400_000).toISOString().slice(0, 10), start: last?.start ?? '09:00', end: last?.end ?? '10:30', venue: last?.venue ?? '', room: last?.room ?? '', seats: last?.seats ?? '' })
  }

  function remove(place: number) {
    rows.value.splice(place, 1)
    repeated.value = null
  }

  /** What a rule gave, beside the rows that are there; the same day and hour once. */
  function addRepeated(answer: { rows: SessionRow[], skipped: Skipped[], workingDays: string[], unknownYears: string[], provisionalYears: string[], isCut: boolean }) {
    const known = new Set(rows.value.map(({ date, start }) => `${date} ${start}`))
    const fresh = answer.rows.filter(({ date, start }) => !known.has(`${date} ${start}`))
    rows.value = [...rows.value.filter(row => row.date || row.id), ...fresh].sort((a, b) => `${a.date} ${a.start}`.localeCompare(`${b.date} ${b.start}`))
    repeated.value = { added: fresh.length, skipped: answer.skipped, workingDays: answer.workingDays, unknownYears: answer.unknownYears,
      provisionalYears: answer.provisionalYears, isCut: answer.isCut }
  }

  let asked = 0
  async function look(body: Record<string, string>) {
    const mine = ++asked
    try {
      const answer = await $fetch<{ clashes: SessionClash[] }>(CLASHES, { method: 'POST', headers, body: { ...body, activity: given?.activity ? String(given.activity.id) : '' } })
      if (mine === asked) clashes.value = answer.clashes
    }
    catch { /* the next letter asks again; nothing is forbidden by it */ }
  }

  return { posted, rows, clashes, repeated, add, remove, addRepeated, look, flat, take }
}

/** The form of a plan around its rows. */
export function useActivityForm(given: Given, steps: ReturnType<typeof useActivitySteps>) {
  const { posted, rows, clashes, repeated, add, remove, addRepeated, look, flat } = steps
  // A box that was not ticked is not sent: what was sent says all.
  const known = posted ? { skipHolidays: '' } : given.fields
  const initial: Record<string, string> = { ...EMPTY, ...RULE, unit: given.hosts[0]?.code ?? given.unit.code, version: String(given.activity?.version ?? ''), ...known, ...posted }
  const { values, errors, notice, details, sending, submit } = useForm<string>(initial, async (answer, action) => {
    if (action === REPEAT) addRepeated(answer as Parameters<typeof addRepeated>[0])
    else await navigateTo({ name: 'desk-activities-id', params: { id: (answer as { id: number }).id }, query: { done: 'saved' } })
  })

  let timer: ReturnType<typeof setTimeout> | undefined
  if (import.meta.client) {
    const groups = () => Object.fromEntries(Object.entries(values).filter(([name, value]) => name.startsWith('group.') && value === 'yes'))
    watch([rows, () => [values.unit, values.venue, values.room, values.lecturer, values.forUnit, ...Object.keys(groups())]], () => {
      clearTimeout(timer)
      timer = setTimeout(() => look({
        unit: values.unit!, venue: values.venue!, room: values.room!, lecturer: values.lecturer!, forUnit: values.forUnit!, copiedFrom: given.copied ? String(given.copied.id) : '', ...groups(), ...flat(),
      }), 400)
    }, { deep: true, immediate: rows.value.length > 0 })
    onUnmounted(() => clearTimeout(timer))
  }

  /** What is wrong with a row: a code by its field, or of the whole row by `_`. */
  const rowFaults = computed(() => {
    const { fields = {}, place, field } = details.value as { fields?: Record<string, string>, place?: number, field?: string }
    const faults: Record<number, Record<string, string>> = {}
    for (const [name, code] of Object.entries(fields)) {
      const [, row, of] = /^sessions\.(\d+)\.(\w+)$/.exec(name) ?? []
      if (row) (faults[Number(row)] ??= {})[of!] = code
    }
    if (field === 'sessions' && place) faults[place - 1] = { ...faults[place - 1], _: errors.value.sessions ?? '' }
    return faults
  })

  return { values, errors, notice, details, sending, submit, rows, clashes, repeated, rowFaults, add, remove, SAVE, REPEAT }
}
