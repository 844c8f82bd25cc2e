import { CaseId } from '~~/shared/schemas/recognition'
import type { CaseAtDesk, CaseState } from '~~/shared/types/recognition'

/** A case as a reviewer works on it. 404 `case_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, CaseId)
  const desk = await requireDesk(event, 'approval')
  const [one, told, categories, { trail }] = await Promise.all([
    answerOf(desk.database.from('recognition_cases')
      .select('id, body, title, number, level, issued_on, hours, state, round, submitted_at, ended_at, milli_credits, reason, units(code, name), recognition_events(id, at, what, note)').eq('id', id).maybeSingle()),
    answerOf(desk.database.rpc('recognition_case', { of_case_id: id })) as unknown as Promise<CaseAtDesk>,
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    requireUnit(desk, undefined, 'approval'),
  ])
  if (!one) throw refusal(404, 'case_unknown')
  const state = one.state as CaseState
  const doubted = told.doubts.find(({ decidedAt }) => !decidedAt)
  const spoke = told.reviewers.some(({ isMe, round }) => isMe && (round === one.round || ['split', 'objected'].includes(state)))
    || told.doubts.some(({ isMe, decidedByMe }) => isMe || decidedByMe)
  return {
    ...told, categories,
    id: one.id, body: one.body, title: one.title, number: one.number, level: one.level, issuedOn: one.issued_on, hours: one.hours, state, round: one.round, unit: one.units,
    submittedAt: one.submitted_at, endedAt: one.ended_at, milliCredits: one.milli_credits, reason: one.reason,
    events: one.recognition_events.toSorted((a, b) => a.id - b.id).map(({ at, what, note }) => ({ at, note, what: what as 'submitted' })),
    mayPropose: (state === 'open' || state === 'asked') && !told.isOwn && !spoke,
    mayAsk: state === 'open' && !told.isOwn,
    /** Of the region's office, and none of those who proposed. */
    mayDecide: ['split', 'objected'].includes(state) && !told.isOwn && !spoke && trail[0]!.inSight,
    mayDoubt: state === 'recognised' && !told.isOwn,
    /** Another one than who said that it is false. */
    mayAnnul: state === 'doubted' && !told.isOwn && !doubted?.isMe,
  }
})
