import type { DoorList, DoorMark, DoorPerson } from '~~/shared/types/desk-activities'

type Shown = 'in' | 'queued' | null
interface LogAnswer { now: number, answers: { clientId: string, name: string | null, outcome: NonNullable<DoorMark['answer']> }[] }

const AT_ONCE = 50
const EVERY_MS = 10_000
/** A list is of use until the day after. */
const KEPT_MS = 86_400_000
const COUNTS: readonly DoorMark['answer'][] = ['in', 'again']

/**
 * The check-in desk of a session on a device that may lose the network. A mark is written to the device first and shown as waiting; it is shown as done
 * when the portal has answered, never before. What is sent twice is one mark there (decision 30).
 */
export function useDoor(session: number) {
  const { me } = useDeskMe()
  const account = me.value?.accountId ?? ''
  const list = ref<DoorList | null>(null)
  const marks = ref<DoorMark[]>([])
  const link = ref<'starting' | 'online' | 'offline' | 'signed_out'>('starting')
  const refused = ref('')
  const lastAnswer = ref<number | null>(null)
  const clockOffMs = ref(0)
  const isKept = ref(false)
  const isSending = ref(false)
  const device = ref('')
  const waiting = computed(() => marks.value.filter(one => one.answer === null))
  const rejected = computed(() => marks.value.filter(one => one.answer !== null && !COUNTS.includes(one.answer)))

  const states = computed(() => {
    const state = new Map<number, Shown>()
    for (const person of list.value?.people ?? []) if (person.isIn) state.set(person.id, 'in')
    for (const { person, answer } of marks.value) {
      if (person === undefined) continue
      if (COUNTS.includes(answer)) state.set(person, 'in')
      else if (answer === null && !state.has(person)) state.set(person, 'queued')
    }
    return state
  })
  const stateOf = (person: DoorPerson): Shown => states.value.get(person.id) ?? null

  async function start() {
    device.value = localStorage.getItem('door-device') ?? ''
    const lists = await doorStore.readLists()
    for (const one of lists) if (one.account !== account || Date.now() + one.clockOffMs > Date.parse(one.list.endsAt) + KEPT_MS) await forgetDoorOf(one.session)
    const kept = lists.find(one => one.session === session && one.account === account)
    if (kept) {
      list.value = kept.list
      clockOffMs.value = kept.clockOffMs
    }
    marks.value = (await doorStore.readMarks()).filter(one => one.session === session && one.account === account).sort((a, b) => a.deviceAt.localeCompare(b.deviceAt))
    await fetchList()
    await send()
    if (list.value && !list.value.isConfirmed) await keepPage()
  }

  /** Notes how far the portal's clock is ahead, from a call that was asked and answered between two readings of ours. */
  function heard(now: number, askedAt: number) {
    clockOffMs.value = Math.round(now - (askedAt + Date.now()) / 2)
    lastAnswer.value = Date.now()
    link.value = 'online'
    refused.value = ''
  }

  function failed(error: unknown) {
    const { statusCode, data } = error as { statusCode?: number, data?: { message?: string } }
    link.value = statusCode === 401 ? 'signed_out' : statusCode && statusCode < 500 ? 'online' : 'offline'
    refused.value = statusCode && statusCode < 500 ? data?.message ?? '' : ''
  }

  async function fetchList() {
    const askedAt = Date.now()
    try {
      const answer = await $fetch<{ list: DoorList, now: number }>(`/api/desk/activities/sessions/${session}/door`, { timeout: 8000, retry: 0 })
      heard(answer.now, askedAt)
      list.value = answer.list
      if (answer.list.isConfirmed) await forgetDoorOf(session)
      else await doorStore.keepList({ session, account, list: toRaw(answer.list), fetchedAt: Date.now(), clockOffMs: clockOffMs.value })
    }
    catch (error) { failed(error) }
  }

  /** Lays down the page with all it is made of, so that it opens without network. */
  async function keepPage() {
    if (!('serviceWorker' in navigator) || !('caches' in window)) return
    try {
      await navigator.serviceWorker.register('/desk/door/worker.js')
      await navigator.serviceWorker.ready
      await loadDecoder()
      const own = performance.getEntriesByType('resource').map(({ name }) => new URL(name)).filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith('/_nuxt/'))
      const cache = await caches.open(DOOR_CACHE)
      const kept = new Set((await cache.keys()).map(({ url }) => url))
      await cache.addAll([...new Set(own.map(({ href }) => href))].filter(href => !kept.has(href)))
      await cache.add(`/desk/door/${session}`)
      isKept.value = true
    }
    // Without network nothing new is kept; what lies there already still opens.
    catch { isKept.value = await caches.match(`/desk/door/${session}`, { ignoreVary: true }) !== undefined }
  }

  /** Writes a mark down; the answer says how it stands on this device, not at the portal. */
  async function write(who: { person: DoorPerson } | { card: string }, method: DoorMark['method']): Promise<'queued' | 'again'> {
    const person = 'person' in who ? who.person : await personByCard(who.card)
    if (person && stateOf(person) && !('card' in who)) return 'again'
    const mark: DoorMark = {
      clientId: uuid(), session, account, name: person?.name ?? null, method, deviceAt: new Date().toISOString(), clockOffMs: clockOffMs.value, answer: null,
      ...('card' in who ? { card: who.card } : {}), ...(person ? { person: person.id } : {}),
    }
    await doorStore.keepMark(mark)
    marks.value = [...marks.value, mark]
    void send()
    return 'queued'
  }

  async function personByCard(card: string): Promise<DoorPerson | undefined> {
    const hash = await cardMark(session, card)
    return list.value?.people.find(({ cards }) => cards.includes(hash))
  }

  /** Takes back what the portal has not been told; what it has is taken back on the list of the session. */
  async function takeBack(mark: DoorMark) {
    if (mark.answer !== null || isSending.value) return
    await doorStore.dropMark(mark.clientId)
    marks.value = marks.value.filter(one => one.clientId !== mark.clientId)
  }
  async function dismiss(mark: DoorMark) {
    await doorStore.dropMark(mark.clientId)
    marks.value = marks.value.filter(one => one.clientId !== mark.clientId)
  }

  async function send() {
    if (isSending.value) return
    isSending.value = true
    try {
      let hasSent = false
      while (waiting.value.length) {
        const piece = waiting.value.slice(0, AT_ONCE)
        const askedAt = Date.now()
        const answer = await $fetch<LogAnswer>(`/api/desk/activities/sessions/${session}/log`, {
          method: 'POST', timeout: 15_000, retry: 0,
          body: { device: device.value || DEFAULT_DEVICE, marks: piece.map(sentOf) },
        })
        heard(answer.now, askedAt)
        hasSent = true
        const told = new Map(answer.answers.map(one => [one.clientId, one]))
        for (const mark of piece) {
          const said = told.get(mark.clientId)
          if (!said) continue
          const answered = { ...toRaw(mark), name: said.name ?? mark.name, answer: said.outcome }
          await doorStore.keepMark(answered)
          marks.value = marks.value.map(one => one.clientId === answered.clientId ? answered : one)
        }
      }
      if (hasSent || link.value !== 'online') await fetchList()
    }
    catch (error) { failed(error) }
    finally { isSending.value = false }
  }

  let timer: ReturnType<typeof setInterval> | undefined
  const comeBack = () => void send()
  const goneOff = () => { link.value = 'offline' }
  onMounted(async () => {
    try { await start() }
    catch { refused.value = 'storage' }
    timer = setInterval(() => { if (waiting.value.length || link.value !== 'online') void send() }, EVERY_MS)
    window.addEventListener('online', comeBack)
    window.addEventListener('offline', goneOff)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    window.removeEventListener('online', comeBack)
    window.removeEventListener('offline', goneOff)
  })
  watch(device, name => localStorage.setItem('door-device', name.trim().slice(0, 40)))

  return { list, marks, link, refused, lastAnswer, clockOffMs, isKept, isSending, device, waiting, rejected, stateOf, write, takeBack, dismiss, send }
}

const DEFAULT_DEVICE = '签到台'

/** What the portal is told: whose a card is, it decides itself. */
const sentOf = ({ clientId, person, card, method, deviceAt, clockOffMs }: DoorMark) => ({ clientId, ...(card ? { card } : { person }), method, deviceAt, clockOffMs })

/** The first letters of a card's hash, as public.door_list() has them. */
async function cardMark(session: number, card: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return ''
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${session}:${card}`))
  return [...new Uint8Array(hash)].slice(0, 3).map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/** A random UUID also where the browser gives none: in pages that are not served by https. */
function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0F) | 0x40
  bytes[8] = (bytes[8]! & 0x3F) | 0x80
  const text = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
