import { CorrectedPerson } from '~~/shared/schemas/corrections'

/** A learner and the postings of theirs that can be taken back. 403 `unit_not_yours`, 404 `person_unknown`. */
export default defineEventHandler(async (event) => {
  const { person: id } = readParams(event, CorrectedPerson)
  const { database, me } = await requireDesk(event, 'people')
  const rows = await answerOf(database.rpc('correctable_postings', { of_person_id: id }))
  const [rules, refused, person] = await Promise.all([rulesByDecision(database), answerOf(database.rpc('refused_postings', { of_person_id: id })), answerOf(database.from('persons').select('id, name, units!inner(code, name)').eq('id', id).maybeSingle())])
  if (!person) throw refusal(404, 'person_unknown')
  return {
    person: { id: person.id, name: person.name, home: person.units }, today: chinaToday(), isMe: me.person?.id === id,
    mayRecount: me.posts.some(({ sights }) => sights.includes('approval')),
    /** By which credits are given; with a fixed amount where it is above nothing. */
    rules,
    postings: rows.map(row => ({
      id: row.posting_id!, ruleZh: row.rule_zh!, ruleEn: row.rule_en!, course: row.course, lesson: row.lesson, happenedAt: row.happened_at!, postedAt: row.posted_at!,
      minutes: row.minutes!, milliCredits: row.milli_credits!, isAsked: row.is_asked!,
    })),
    /** Records that earned nothing, and why. */
    refused: refused.map(row => ({
      id: row.posting_id!, ruleZh: row.rule_zh!, ruleEn: row.rule_en!, title: row.title, happenedAt: row.happened_at!, minutes: row.asked_minutes ?? 0, reason: row.reason!,
    })),
  }
})
