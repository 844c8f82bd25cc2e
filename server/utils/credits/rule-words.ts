import type { H3Event } from 'h3'
import type { CreditRule, RuleSaid } from '~~/shared/types/credits'

type Version = CreditRule['versions'][number]
type Cap = CreditRule['caps'][number]

/** What earns what, by the versions and caps in force, and what changes on which day, in the reader's words. */
export async function rulesInWords(event: H3Event): Promise<RuleSaid[]> {
  const t = bankTranslator(event)
  const { lang } = preferencesOf(event)
  const rules = await creditRules(anonymousDatabase())

  const gives = ({ basis, milliCredits, perMinutes }: Version, rule: CreditRule) => {
    if (milliCredits === 0) return t(basis === 'event' ? 'rules.byDecision' : 'rules.nothing')
    return basis === 'event'
      ? t('rules.byEvent', { credits: formatCredits(milliCredits) })
      : t(rule.id === 'volunteer_service' ? 'rules.byService' : 'rules.byMinutes', { minutes: formatNumber((perMinutes ?? 1) * 1000 / milliCredits) })
  }
  const since = (day: string, text: string) => t('rules.since', { date: formatDate(day, lang), text })

  function said(rule: CreditRule): RuleSaid[] {
    const current = rule.versions.find(({ state }) => state === 'in_force')
    const versions = rule.versions.filter(({ state }) => state === 'coming')
    if (!current && !versions.length) return []
    const basisOn = (day: string) => (rule.versions.find(({ from, until, state }) => state !== 'superseded' && (!from || from <= day) && (!until || day < until)) ?? current)?.basis ?? 'minutes'
    const standing = rule.caps.filter(({ state }) => state === 'in_force')
    const caps = rule.caps.filter(({ state }) => state === 'coming')
    const isFollowed = (cap: Cap) => caps.some(({ code, from }) => code === cap.code && from === cap.until)
    const words = (cap: Cap, basis: Version['basis']) => capWords(t, lang, basis, cap)
    const changes = [
      ...versions.map(version => [version.from!, gives(version, rule)] as const),
      ...caps.map(cap => [cap.from!, words(cap, basisOn(cap.from!))] as const),
      ...[...standing, ...caps].filter(cap => cap.until && !isFollowed(cap)).map(cap => [cap.until!, t('rules.lifted', { cap: words(cap, basisOn(cap.from ?? chinaToday())) })] as const),
    ]
    return [{
      id: rule.id,
      name: lang === 'en' ? rule.en : rule.zh,
      gives: current ? gives(current, rule) : t('rules.notYet'),
      since: current?.from ? formatDate(current.from, lang) : null,
      isInForce: Boolean(current),
      caps: current ? standing.map(cap => words(cap, current.basis)) : [],
      changes: changes.sort(([one], [other]) => one < other ? -1 : one > other ? 1 : 0).map(([day, text]) => since(day, text)),
    }]
  }
  // What one can set out to earn, what is surest first; corrections are nobody's aim.
  const weight = ({ versions }: CreditRule) => {
    const current = versions.find(({ state }) => state === 'in_force')
    return !current ? 3 : current.milliCredits === 0 ? 2 : current.basis === 'event' ? 1 : 0
  }
  return rules.filter(({ id }) => id !== 'staff_correction').toSorted((one, other) => weight(one) - weight(other)).flatMap(said)
}
