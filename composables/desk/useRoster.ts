import type { RosterEntry } from '~~/shared/types/desk-activities'

interface RosterFound { id: number, name: string, birthYear: number | null, home: string, phone: string | null, isByCard?: boolean }

/** Somebody who may be meant by what is typed, and whether they stand on the list or are marked. */
export interface RosterOption extends RosterFound { isListed: boolean, isIn: boolean }

/**
 * The list of a session while people come in: who is meant by what is typed, ticks that are shown once the portal has them, and what was
 * done last. Whoever did not sign up is marked as walked in; after the day everything was on paper.
 */
export function useRoster(session: { id: number, endsAt: string }, roster: Ref<RosterEntry[]>, changed: () => Promise<unknown>) {
  const headers = useRequestHeaders(['cookie'])
  const text = ref('')
  const found = useState<RosterFound[]>('roster-found', () => [])
  // What was found belongs to the words it was sought by: to nothing that was typed since.
  const soughtFor = ref('')
  const isFresh = computed(() => soughtFor.value === text.value.trim())
  const said = ref<{ kind: 'in' | 'again' | 'out' | 'failed', name: string } | null>(null)
  const busy = ref<number | null>(null)
  /** Whoever came when all seats are taken: in only with a reason for one more. */
  const unseated = ref<{ id: number, name: string, isByCard?: boolean } | null>(null)
  onUnmounted(() => clearNuxtState('roster-found'))
  const path = `/api/desk/activities/sessions/${session.id}`
  const isLate = () => Date.now() > Date.parse(session.endsAt) + 86_400_000

  const listed = computed(() => {
    const typed = text.value.trim().toLowerCase()
    if (!typed) return roster.value
    const ids = new Set(isFresh.value ? found.value.map(({ id }) => id) : [])
    return roster.value.filter(one => one.name.toLowerCase().includes(typed) || (/^\d{4}$/.test(typed) && one.phone?.endsWith(typed)) || ids.has(one.personId))
  })
  const options = computed<RosterOption[]>(() => {
    if (!text.value.trim()) return []
    const known = new Map(roster.value.map(one => [one.personId, one]))
    const isByCard = (id: number) => isFresh.value && found.value.some(one => one.id === id && one.isByCard)
    const rows = listed.value.slice(0, 8).map(({ personId: id, name, birthYear, home, phone, method }) => ({
      id, name, birthYear, home, phone, isByCard: isByCard(id), isListed: true, isIn: method !== null,
    }))
    return [...rows, ...(isFresh.value ? found.value : []).filter(({ id }) => !known.has(id)).map(one => ({ ...one, isListed: false, isIn: false }))]
  })

  let asked = 0
  async function look(typed = text.value) {
    const mine = ++asked
    const answer = typed.trim() === '' ? { found: [] } : await $fetch<{ found: RosterFound[] }>(`${path}/people`, { method: 'POST', headers, body: { find: typed } })
    // An answer that was overtaken says nothing.
    if (mine !== asked) return
    found.value = answer.found
    soughtFor.value = typed.trim()
  }

  async function mark(person: { id: number, name: string, isByCard?: boolean }, extra?: string) {
    if (busy.value !== null) return
    const isListed = roster.value.some(one => one.personId === person.id && one.signup)
    busy.value = person.id
    try {
      const method = isLate() ? 'paper' : person.isByCard ? 'card' : isListed ? 'roster' : 'walk_in'
      const answer = await $fetch<{ outcome: 'in' | 'again', name: string }>(`${path}/marks`, { method: 'POST', body: { person: person.id, method, mark: crypto.randomUUID(), ...(extra && { extra }) } })
      text.value = ''
      found.value = []
      unseated.value = null
      await changed()
      said.value = { kind: answer.outcome, name: answer.name }
    }
    catch (refused) {
      const { data } = refused as { data?: { code?: string, message?: string, details?: { name?: string } } }
      said.value = { kind: 'failed', name: data?.message ?? '' }
      unseated.value = data?.code === 'session_full_at_door' ? { ...person, name: data.details?.name ?? person.name } : null
    }
    finally { busy.value = null }
  }

  async function unmark(person: { personId: number, name: string }) {
    if (busy.value !== null) return
    busy.value = person.personId
    try {
      await $fetch(`${path}/unmarks`, { method: 'POST', body: { person: person.personId } })
      await changed()
      said.value = { kind: 'out', name: person.name }
    }
    catch (refused) { said.value = { kind: 'failed', name: (refused as { data?: { message?: string } }).data?.message ?? '' } }
    finally { busy.value = null }
  }

  return { text, found, isFresh, listed, options, said, busy, unseated, isLate, look, mark, unmark }
}
