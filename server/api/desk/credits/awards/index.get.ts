import { AwardsQuery } from '~~/shared/schemas/honours'
import type { ApplicationState } from '~~/shared/types/credits'

const PAGE = 30

/** The awards of a unit, and applications of people there and below in a state. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, state, page } = readQuery(event, AwardsQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const [awards, list, categories, approval] = await Promise.all([
    answerOf(desk.database.from('credit_awards').select('id, unit_id, zh, en, milli_credits, in_force, credit_award_minima(category_id, milli_credits)').in('unit_id', trail.map(({ id }) => id)).order('id', { ascending: false })),
    desk.database.rpc('applications_below', { in_unit_id: unit.id, in_state: state }, { count: 'exact' }).order('id', { ascending: state === 'asked' }).range((page - 1) * PAGE, page * PAGE - 1),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    answerOf(desk.database.rpc('unit_trail', { unit_code: unit.code, sight: 'approval' })),
  ])
  // An award of a unit above is ended, and its applications are decided, there.
  const approves = new Set(approval.filter(step => step.in_sight).map(step => step.unit_id))
  if (list.error && list.error.code !== 'PGRST103') throw databaseRefusal(list.error)
  return {
    unit, trail, state, page, pages: Math.ceil((list.count ?? 0) / PAGE), categories, today: chinaToday(),
    mayAdd: approves.has(unit.id),
    awards: awards.map(award => ({
      id: award.id, zh: award.zh, en: award.en, milliCredits: award.milli_credits, ...standing(award.in_force as string, chinaToday()), mayEnd: approves.has(award.unit_id),
      minima: award.credit_award_minima.map(one => ({ category: one.category_id, milliCredits: one.milli_credits })),
    })),
    applications: (list.data ?? []).map(row => ({
      id: row.id!, awardZh: row.award_zh!, awardEn: row.award_en!, state: row.state as ApplicationState, milliCredits: row.milli_credits!,
      askedAt: row.asked_at!, decidedAt: row.decided_at, decision: row.decision,
      person: { id: row.learner_id!, name: row.learner_name! }, home: row.home_name!,
      askedBy: row.asker_name!, isMine: row.asked_person_id === desk.me.person?.id, mayDecide: row.may_decide!,
    })),
  }
})
