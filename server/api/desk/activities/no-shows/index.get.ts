import { NoShowsQuery } from '~~/shared/schemas/draws'
import type { NoShowState } from '~~/shared/types/activities'

const PAGE = 30

/** Missed seats of a unit and those below it, the ones to answer first, and the rule in force. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, page } = readQuery(event, NoShowsQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const today = chinaToday()
  const [rows, rules] = await Promise.all([
    answerOf(desk.database.rpc('no_shows_at_desk', { in_unit_id: unit.id, page_size: PAGE, skip: (page - 1) * PAGE })),
    answerOf(desk.database.from('no_show_rules').select('from_day, most, window_days, effect, effect_days').lte('from_day', today).order('from_day', { ascending: false }).limit(1)),
  ])
  const [rule] = rules
  const [top] = desk.me.posts.some(post => post.sights.includes('approval')) ? await answerOf(desk.database.from('units').select('code').is('parent_id', null)) : []
  return {
    unit, trail, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE), today,
    rule: rule ? { most: rule.most, windowDays: rule.window_days, effect: rule.effect as 'none' | 'later' | 'pause', effectDays: rule.effect_days } : null,
    maySet: Boolean(top) && await requireUnit(desk, top!.code, 'approval').then(() => true, () => false),
    seats: rows.map(row => ({
      session: row.session_id!, person: row.person_id!, name: row.name!, activity: row.activity_id!, title: row.title!, host: row.host!, startsAt: row.starts_at!,
      state: row.state as NoShowState, reason: row.reason as 'illness' | null, note: row.note, answer: row.answer, counted: row.counted!, effect: row.effect as 'later' | 'pause' | null, until: row.until,
    })),
  }
})
