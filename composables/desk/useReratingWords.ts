import type { Rerating } from '~~/shared/types/credits'

/** A re-rating in words: what is put right, and for which days. */
export function useReratingWords() {
  const t = useDeskTranslate()
  const { word, day, whole } = useFormat()
  const words = useCapWords()
  const period = (one: Rerating) => [words.scope(one), words.period(one.capPeriod ?? 'day')].filter(Boolean).join(' ')
  function change(one: Rerating): string {
    if (one.kind === 'recount') return t('reratings.recountOf', { name: one.person?.name ?? '' })
    if (one.kind === 'rate') {
      return t('reratings.rateTo', { rate: one.basis === 'event' ? t('credits.byEvent', { credits: formatCredits(one.milliCredits!) }) : t('credits.byMinutes', { minutes: formatNumber(one.perMinutes! * 1000 / one.milliCredits!) }) })
    }
    if (one.capAmount === null) return t('reratings.capLifted', { period: period(one) })
    return t('reratings.capTo', { period: period(one), amount: one.isByEvent ? t('credits.capCredits', { credits: formatCredits(one.capAmount) }) : t('credits.capMinutes', { count: whole(one.capAmount) }) })
  }
  return {
    what: (one: Rerating) => t('reratings.change', { rule: word(one.rule.zh, one.rule.en), change: change(one) }),
    days: (one: Rerating) => one.from && one.until ? t('reratings.days', { from: day(one.from), until: day(one.until) }) : t('reratings.allDays'),
  }
}
