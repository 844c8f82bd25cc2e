import type { H3Event } from 'h3'
import type { ActivityContent } from '~~/shared/types/activities'
import type { Database } from '~~/shared/types/database'

type Functions = Database['public']['Functions']
type SignUpRow = Pick<Functions['my_signups']['Returns'][number], 'signup_id' | 'status'>
type Numbers = readonly Functions['my_draw_entries']['Returns'][number][]
/** What a helper can have done. */
export type HelperAct = 'confirmed' | 'waiting' | 'asked' | 'cancelled' | 'declined' | 'on_leave' | 'back'
interface Named { zh: string, en: string }

/** As public.conditions_of_activity() answers. */
export interface Conditions { level: Named | null, least: number | null, of: Named | null, since: string | null, newcomers: 'as_all' | 'first' | 'only', unit: string }

interface Row { admission: string, sign_up: string, closes_at: string | null }

/** How seats are given, and who may come, in words. */
export function toldOfActivity(event: H3Event, row: Row, conditions: Conditions | null): Omit<ActivityContent['told'], 'earns'> {
  const t = activityTold(event)
  const isDraw = row.admission === 'draw' && row.sign_up !== 'none'
  const isOver = row.closes_at !== null && Date.parse(row.closes_at) <= Date.now()
  return {
    admission: row.admission === 'approval' ? t('told.approval') : isDraw && !isOver ? t(conditions?.newcomers === 'first' ? 'told.drawNewcomers' : 'told.draw') : null,
    button: row.admission === 'approval' ? t('told.ask') : isDraw ? t('told.enter') : null,
    draw: isDraw ? t('told.page') : null,
    who: conditions ? conditionWords(event, conditions) : [],
  }
}

/** How many seats a draw is about, or that they are given; undefined where the usual words will do. */
export function seatWords(event: H3Event, row: Row, { capacity, taken, held }: { capacity: number, taken: number, held: number }): string | undefined {
  const { admission, closes_at: closesAt } = row
  if (admission !== 'draw') return undefined
  if (taken + held >= capacity) return activityTold(event)('told.drawn')
  // Some were seated and some seats are left: whoever comes now is told how many, as anywhere.
  return closesAt !== null && Date.parse(closesAt) <= Date.now() && taken > 0 ? undefined : activityTold(event)('told.seats', { count: capacity })
}

function conditionWords(event: H3Event, { level, least, of, since, newcomers, unit }: Conditions): string[] {
  const t = activityTold(event)
  const named = (one: Named) => preferencesOf(event).lang === 'en' ? one.en : one.zh
  return [
    ...level ? [t('told.level', { named: named(level) })] : [],
    ...least !== null && of ? [t(since ? 'told.cameSince' : 'told.came', { named: named(of), least, since: since ?? '' })] : [],
    ...newcomers === 'as_all' ? [] : [t(`told.${newcomers}`, { unit })],
  ]
}

/** How a sign-up stands that waits for a draw: with its number. Undefined where the usual words will do. */
export function drawWords(event: H3Event, { signup_id: id, status }: SignUpRow, numbers: Numbers): string | undefined {
  const number = status === 'asked' ? numbers.find(one => one.signup_id === id)?.number : undefined
  return number ? activityTold(event)('told.entered', { number }) : undefined
}

/** What somebody is told of the result of a draw, and of what a helper did and the school put right; undefined for every other notice. */
export function serverNotice(event: H3Event, { kind, title, details }: Pick<Functions['my_notices']['Returns'][number], 'kind' | 'title' | 'details'>): string | undefined {
  if (kind === 'helper_acted') {
    const { what, by } = details as { what: HelperAct, by: string }
    return activityTold(event)(`told.helper.${what}`, { title: title!, by })
  }
  if (kind === 'record_answered') {
    const { outcome, reason } = details as { outcome: 'changed' | 'kept', reason: string }
    return activityTold(event)(`told.record.${outcome}`, { title: title!, reason })
  }
  if (kind !== 'draw_seat' && kind !== 'draw_line') return undefined
  const { number = 0, place = 0 } = details as { number?: number, place?: number }
  return activityTold(event)(`told.${kind}`, { title: title!, number, place })
}
