import type { ClassPerson } from '~~/shared/types/classes'

/** The list of a class: who was chosen, and who may be meant by what is typed. Works on the server for a page without scripts. */
export function useClassList(initial: readonly ClassPerson[]) {
  const chosen = useState<ClassPerson[]>('class-chosen', () => [...initial])
  const found = useState<ClassPerson[]>('class-found', () => [])
  const total = useState('class-total', () => 0)
  /** Who was added a moment ago, or was on the list already. */
  const said = useState<{ name: string, twice: boolean } | null>('class-said', () => null)
  const headers = useRequestHeaders(['cookie'])
  onUnmounted(() => clearNuxtState(['class-chosen', 'class-found', 'class-total', 'class-said']))

  let asked = 0
  async function find(text: string, people = '') {
    const mine = ++asked
    const answer = text.trim() === '' && people === ''
      ? { total: 0, found: [], chosen: [] }
      : await $fetch<{ total: number, found: ClassPerson[], chosen: ClassPerson[] }, string>('/api/desk/credits/classes/people', { method: 'POST', headers, body: { find: text, people } })
    // An answer that was overtaken says nothing.
    if (mine !== asked) return
    found.value = answer.found
    total.value = answer.total
    if (people !== '') chosen.value = answer.chosen
  }

  function add(person: ClassPerson) {
    const twice = chosen.value.some(({ id }) => id === person.id)
    if (!twice) chosen.value = [...chosen.value, person]
    said.value = { name: person.name, twice }
    found.value = []
    total.value = 0
  }

  function remove(id: number) {
    chosen.value = chosen.value.filter(person => person.id !== id)
    said.value = null
  }

  return { chosen, found, total, said, ids: computed(() => chosen.value.map(({ id }) => id).join(',')), find, add, remove }
}
