import type { CreditRule, InForce } from '~~/shared/types/credits'
import type { Supabase } from '../database'

/** Rules with their versions, the newest first, and the caps that are or will be in force. Amounts of caps are minutes, or thousandths of credits by the event. */
export async function creditRules(database: Supabase): Promise<CreditRule[]> {
  const today = chinaToday()
  const [rules, versions, caps] = await Promise.all([
    answerOf(database.from('credit_rules').select('id, zh, en, ground').order('id')),
    answerOf(database.from('credit_rule_versions').select('id, rule_id, in_force, basis, milli_credits, per_minutes').order('id', { ascending: false })),
    answerOf(database.from('credit_caps').select('id, rule_id, period, amount, in_force, first_month, per_institution, scope, categories(zh, en)').order('id')),
  ])
  return rules.map(rule => ({
    ...rule,
    ground: rule.ground as CreditRule['ground'],
    versions: versions.filter(({ rule_id }) => rule_id === rule.id).map(version => ({
      id: version.id, basis: version.basis as CreditRule['versions'][number]['basis'], milliCredits: version.milli_credits, perMinutes: version.per_minutes, ...standing(version.in_force as string, today),
    })),
    caps: caps.filter(({ rule_id }) => rule_id === rule.id)
      .map(cap => ({
        id: cap.id, code: `${cap.period} ${cap.scope}`, period: cap.period as CreditRule['caps'][number]['period'], amount: cap.amount, firstMonth: cap.first_month,
        perInstitution: cap.per_institution, category: cap.categories, ...standing(cap.in_force as string, today),
      }))
      .filter(({ state }) => state !== 'past' && state !== 'superseded'),
  }))
}

/** A range of days and how it stands today; one that lost all its days to a correction is over. */
export function standing(range: string, today: string): InForce {
  const { from, until, isEmpty } = daysOf(range)
  return { from, until, state: isEmpty ? 'superseded' : from && from > today ? 'coming' : until && until <= today ? 'past' : 'in_force' }
}

/** A range of days as PostgreSQL writes it, `[2026-01-01,2026-06-01)`: its ends, the last one not in it. */
export function daysOf(range: string): { from: string | null, until: string | null, isEmpty: boolean } {
  const [, from, until] = /^[[(]([\d-]*),([\d-]*)[)\]]$/.exec(range) ?? []
  return { from: from || null, until: until || null, isEmpty: range === 'empty' }
}

/** Rules by which two of the staff give credits on a day up to today, the correction of what was forgotten first. */
export async function rulesByDecision(database: Supabase): Promise<{ id: string, zh: string, en: string, milliCredits: number }[]> {
  const rules = await creditRules(database)
  return rules.filter(({ ground }) => ground === 'decision')
    .flatMap(({ id, zh, en, versions }) => versions.filter(({ state }) => state === 'in_force').map(({ milliCredits }) => ({ id, zh, en, milliCredits })))
    .toSorted((a, b) => Number(b.id === 'staff_correction') - Number(a.id === 'staff_correction'))
}
