import type { H3Event } from 'h3'
import type { ServiceShift } from '~~/shared/types/volunteers'

const PAGE_SIZE = 12

/** What is asked of volunteers, twelve a page; with the asker's own registration, and where it may register. */
export async function listService(event: H3Event, { near, page }: { near: boolean, page: number }) {
  setHeader(event, 'cache-control', 'private, no-store')
  const session = await currentSession(event)
  const own = session && !session.passwordChange ? session.database : null
  const [[home], [mine], units, categoryOf] = await Promise.all([
    own ? answerOf(own.rpc('my_neighbourhood')) : [], own ? answerOf(own.rpc('my_volunteering')) : [], own ? answerOf(own.rpc('volunteer_units')) : [], categoriesFor(event),
  ])
  const rows = await answerOf(anonymousDatabase().rpc('find_service', { ...(near && home && { near_unit_id: home.unit_id! }), page_size: PAGE_SIZE, skip: (page - 1) * PAGE_SIZE }))
  const total = rows[0]?.total ?? 0
  return {
    calls: rows.map(row => ({
      code: row.code!, title: row.title!, role: row.role!, about: row.about!, unit: row.unit_name!, team: row.team_name, venue: row.venue!, phone: row.contact_phone,
      category: categoryOf(row.category_id!).name, tone: categoryOf(row.category_id!).tone, shifts: row.shifts as unknown as ServiceShift[],
    })),
    total, page, pages: Math.ceil(total / PAGE_SIZE), isNear: near && Boolean(home), home: home?.name ?? null, isSignedIn: Boolean(own),
    mine: mine
      ? {
          id: mine.id!, status: mine.status as 'asked' | 'active' | 'refused' | 'ended', unit: mine.unit_name!, team: mine.team_name, reason: mine.reason, minutes: mine.minutes!, times: mine.times!, shifts: mine.shift_ids ?? [],
        }
      : null,
    units: units.map(row => ({ id: row.unit_id!, name: row.name!, teams: row.teams as unknown as { id: number, name: string }[] })),
  }
}

/** What the asker served and will serve, with certificates. */
export async function myService(event: H3Event) {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const pass = servicePass(event)
  const [rows, [mine], certificates, scanned] = await Promise.all([
    answerOf(database.rpc('my_service')), answerOf(database.rpc('my_volunteering')), answerOf(database.rpc('my_service_certificates')),
    pass ? answerOf(database.rpc('my_scanned_shift', { pass })) as unknown as Promise<{ title: string, startsAt: string, place: number | null } | null> : null,
  ])
  const own = rows.map(row => ({
    place: row.place_id!, title: row.title!, role: row.role!, unit: row.unit_name!, venue: row.venue!, startsAt: row.starts_at!, endsAt: row.ends_at!,
    cancelReason: row.cancel_reason, cameAt: row.came_at, leftAt: row.left_at, isComing: row.is_coming!,
    isOpen: Date.parse(row.starts_at!) - 30 * 60_000 <= Date.now() && Date.parse(row.ends_at!) + 30 * 60_000 >= Date.now() && row.kind === null,
    isOver: Date.parse(row.ends_at!) <= Date.now(), isScanned: scanned?.place === row.place_id,
    mayLeave: row.came_at === null && Date.parse(row.starts_at!) > Date.now(), backfill: row.backfill as 'waits' | 'agreed' | 'refused' | null,
    record: row.kind === null
      ? null
      : {
          kind: row.kind as 'confirmed' | 'recounted' | 'corrected' | 'withdrawn', startedAt: row.started_at!, endedAt: row.ended_at!, minutes: row.minutes!,
          proof: row.proof as 'scanned' | 'supervised' | 'back_filled',
          reason: row.reason, versions: row.versions!,
          milliCredits: row.milli_credits!, cuts: { class: row.class_minutes!, overlap: row.overlap_minutes!, cap: row.cap_minutes!, rest: row.rest_minutes! },
        },
    dispute: row.dispute_words === null ? null : { words: row.dispute_words!, dueOn: row.dispute_due!, outcome: row.dispute_outcome as 'changed' | 'kept' | null, answer: row.dispute_answer },
  }))
  // Whoever is there may still check out a while after the end.
  const isToDo = (one: typeof own[number]) => one.record === null && (one.isComing || (one.isOpen && one.cameAt !== null && one.leftAt === null))
  return {
    minutes: mine?.minutes ?? 0, times: mine?.times ?? 0,
    status: (mine?.status ?? null) as 'asked' | 'active' | 'refused' | 'ended' | null, today: chinaToday(),
    scanned: scanned && scannedWords(event, scanned),
    coming: own.filter(isToDo), past: own.filter(one => !isToDo(one)),
    certificates: certificates.map(row => ({
      code: row.code!, number: row.number!, from: row.from_day!, until: row.until_day!, minutes: row.minutes!, isRevoked: row.revoked_at !== null,
    })),
  }
}

/** What the screen that was scanned says to whoever scanned it. */
function scannedWords(event: H3Event, { title, startsAt, place }: { title: string, startsAt: string, place: number | null }): { isMine: boolean, text: string } {
  const { lang } = preferencesOf(event)
  return { isMine: place !== null, text: serviceToldIn(lang)(place === null ? 'service.scan_no_place' : 'service.scan', { title, time: formatMoment(startsAt, lang) }) }
}

/** Where a plain form came from, with what was done in the address. */
export async function backToService(event: H3Event, done: string): Promise<string> {
  const [path = '/'] = localPath(getHeader(event, 'referer')).split('?')
  return `${path}?done=${done}#mine`
}
