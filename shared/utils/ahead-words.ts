import type lineZh from '../../i18n/bank/told/zh-CN.json'
import type zh from '../../i18n/bank/zh-CN'
import type { CapTerms, CreditAhead, CreditBundle, CreditSaid } from '../types/credits'
import type { CourseEarned } from '../types/watching'
import { formatCredits, formatDate, formatMinutes, formatNumber } from './format'
import type { MessageKeys, Translate } from './translator'

type Lang = 'zh-CN' | 'en'
type BankTranslate = Translate<MessageKeys<typeof zh>>

/** The caps that stand over what would be earned, each once; null where there are none. */
export function aheadCaps(t: BankTranslate, lang: Lang, bundles: CreditBundle[]): string | null {
  const caps = [...new Set(bundles.flatMap(bundle => bundle.caps.map(cap => capWords(t, lang, bundle.basis ?? 'minutes', cap))))]
  return caps.length ? caps.join(t('ahead.and')) : null
}

/** A cap in words: minutes, or credits for a rule by the event; of what, and from which month a year or a term is counted. */
export function capWords(t: BankTranslate, lang: Lang, basis: 'minutes' | 'event', { period, amount, firstMonth = 1, perInstitution, category }: CapTerms): string {
  const most = t(`rules.periods.${period}`, {
    amount: basis === 'event' ? t('ahead.credits', { credits: formatCredits(amount) }) : t('rules.minutes', { count: formatNumber(amount) }),
  })
  const month = (number: number) => new Date(2000, (number - 1) % 12, 1).toLocaleString(lang, { month: 'long' })
  const cap = period === 'term'
    ? t('rules.termFrom', { cap: most, first: month(firstMonth), second: month(firstMonth + 6) })
    : period === 'year' && firstMonth > 1 ? t('rules.yearFrom', { cap: most, month: month(firstMonth) }) : most
  if (perInstitution) return t('rules.atEach', { cap })
  return category ? t('rules.ofCategory', { category: lang === 'en' ? category.en : category.zh, cap }) : cap
}

/** What a finished course brought beside its last lesson, and by which rule; where a cap left it out, that. */
export function courseEarnedWords(t: BankTranslate, line: Translate<MessageKeys<typeof lineZh>>, lang: Lang, { ruleZh, ruleEn, rate, milliCredits, reason }: CourseEarned): string {
  const values = { credits: formatCredits(milliCredits), rate: formatCredits(rate), rule: lang === 'en' ? ruleEn : ruleZh }
  if (!reason) return t('ahead.courseGiven', values)
  return t('ahead.courseNotGiven', { ...values, reason: line(`reasons.${reason}` as 'reasons.cap_year') })
}

/** What a course, or one lesson of it, would bring, in plain words; `doneOn` is the day on which that lesson was finished. */
export function aheadWords(t: BankTranslate, lang: Lang) {
  const sum = (bundles: CreditBundle[], amount: (bundle: CreditBundle) => number) => bundles.reduce((all, bundle) => all + amount(bundle), 0)

  function earned(milliCredits: number, doneOn?: string): CreditSaid {
    const values = { credits: formatCredits(milliCredits), date: doneOn && formatDate(doneOn, lang) }
    const one = doneOn ? 'lesson' : 'course'
    return {
      isEarned: true, notes: [],
      headline: t(milliCredits ? `ahead.${one}Earned` : `ahead.${one}Done`, values),
      brief: t(milliCredits ? 'ahead.brief.earned' : 'ahead.brief.done', values),
    }
  }

  const rate = ({ rule, basis, rate, perMinutes }: CreditBundle) => basis === 'event'
    ? t(rule === 'course_completed' ? 'ahead.whenDone' : 'ahead.byLesson', { credits: formatCredits(rate!) })
    : t('ahead.byMinutes', { minutes: formatNumber(perMinutes! * 1000 / rate!) })

  /** What a cap leaves the reader, where it leaves less than the whole. */
  function left(bundle: CreditBundle): string[] {
    const cap = bundle.reason?.startsWith('cap_') ? bundle.caps.find(({ isTightest }) => isTightest) ?? bundle.caps.find(({ period }) => bundle.reason === `cap_${period}`) : undefined
    if (!cap) return []
    const values = { credits: formatCredits(bundle.milliCredits), cap: capWords(t, lang, bundle.basis ?? 'minutes', cap), date: formatDate(bundle.day, lang) }
    if (!bundle.isToday) return [t(bundle.milliCredits ? 'ahead.leftThen' : 'ahead.fullThen', values)]
    // A cap of one category, of each school, or of a year that begins with another month than January, says itself of what and from when: not all of today's.
    const kind = cap.category || cap.perInstitution || (cap.period === 'year' && (cap.firstMonth ?? 1) > 1) ? 'lifetime' : cap.period
    return [t(bundle.milliCredits ? `ahead.left.${kind}` : `ahead.full.${kind}`, values)]
  }

  function brief(whole: number, now: number, { isPersonal, done }: CreditAhead): string {
    if (isPersonal && now < whole) return t(now ? 'ahead.brief.left' : 'ahead.brief.full', { credits: formatCredits(now) })
    return t(done ? 'ahead.brief.rest' : 'ahead.brief.whole', { credits: formatCredits(whole) })
  }

  return function say(ahead: CreditAhead, what: 'course' | 'lesson', doneOn?: string): CreditSaid {
    if (ahead.done === ahead.lessons) return earned(ahead.earnedMilliCredits, doneOn)
    const giving = ahead.bundles.filter(({ wholeMilliCredits }) => wholeMilliCredits > 0)
    const whole = sum(giving, ({ wholeMilliCredits }) => wholeMilliCredits)
    const soFar = ahead.earnedMilliCredits ? [t('ahead.soFar', { credits: formatCredits(ahead.earnedMilliCredits) })] : []
    if (!whole) return { isEarned: false, headline: t('ahead.nothing'), notes: soFar, brief: null }
    const milliPoints = sum(giving, ({ wholeMilliCredits, pointsPerCredit }) => wholeMilliCredits * (pointsPerCredit ?? 0))
    const gives = t(milliPoints ? 'ahead.withPoints' : 'ahead.credits', { credits: formatCredits(whole), points: formatCredits(milliPoints) })
    const caps = aheadCaps(t, lang, giving)
    return {
      isEarned: false,
      headline: t(ahead.done ? 'ahead.rest' : `ahead.${what}`, { minutes: formatMinutes(sum(ahead.bundles, ({ minutes }) => minutes), lang), credits: gives }),
      notes: [
        ...soFar, ...new Set(giving.map(rate)),
        ...ahead.isPersonal ? giving.flatMap(left) : caps ? [t('ahead.caps', { caps })] : [],
      ],
      brief: brief(whole, sum(giving, ({ milliCredits }) => milliCredits), ahead),
    }
  }
}
