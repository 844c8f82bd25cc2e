import type { CaseState } from '~~/shared/types/recognition'

/** The asker's own cases with what happened to each, and what the form needs. Files are named by kind only. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { lang } = preferencesOf(event)
  // Every case has a file. Staff may read others' cases as well; these are one's own.
  const files = await answerOf(database.rpc('my_recognition_files'))
  const [cases, bodies] = await Promise.all([
    answerOf(database.from('recognition_cases')
      .select('id, body, title, number, level, issued_on, hours, state, round, decided_at, milli_credits, reason, categories(zh, en), recognition_events(id, at, what, note), credit_postings(outcome, reason, milli_credits)')
      .in('id', [...new Set(files.map(file => file.case_id!))]).order('id', { ascending: false }).limit(50)),
    answerOf(database.from('recognition_bodies').select('zh').order('zh').limit(200)),
  ])
  return {
    keepDays: portalSettings().recognitionKeepDays,
    megabytes: CERTIFICATE_BYTES / 1024 / 1024,
    today: chinaToday(),
    bodies: bodies.map(({ zh }) => zh),
    cases: cases.map(one => ({
      id: one.id, body: one.body, title: one.title, number: one.number, level: one.level, issuedOn: one.issued_on, hours: one.hours,
      state: one.state as CaseState,
      milliCredits: one.milli_credits, reason: one.reason, category: one.categories && (lang === 'en' ? one.categories.en : one.categories.zh),
      /** What counted of it, where a cap cut it. */
      countedMilliCredits: one.credit_postings && one.credit_postings.outcome !== 'posted' ? one.credit_postings.milli_credits : null,
      mayWithdraw: ['open', 'asked', 'split'].includes(one.state),
      mayObject: one.round === 1 && one.decided_at !== null && ['recognised', 'declined', 'annulled'].includes(one.state) && Date.parse(one.decided_at) > Date.now() - 30 * 86_400_000,
      files: files.filter(file => file.case_id === one.id).map(file => ({ isPdf: file.kind === 'application/pdf', bytes: file.bytes!, isDeleted: file.deleted_at !== null })),
      events: one.recognition_events.toSorted((a, b) => a.id - b.id).map(({ at, what, note }) => ({ at, note, what: what as 'submitted' })),
    })),
  }
})
