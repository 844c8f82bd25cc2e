/** Numbers, shares and days as the reader's language writes them. */
export function useDeskFormat() {
  const { lang } = usePreferences()
  const locale = lang.value
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const hundredths = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'Asia/Shanghai' })
  const minute = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' })
  return {
    whole: (value: number) => whole.format(value),
    tenths: (value: number) => tenths.format(value),
    /** To the tenth; the few minutes of a short lesson to the hundredth, so that they are not nothing. */
    hours: (value: number) => (value < 0.1 ? hundredths : tenths).format(value),
    percent: (hundredths: number) => `${tenths.format(hundredths)}%`,
    /** A moment, or a date without a time. */
    day: (moment: string) => day.format(new Date(moment.length === 10 ? `${moment}T00:00:00+08:00` : moment)),
    /** A moment to the minute. */
    moment: (at: string) => minute.format(new Date(at)),
    /** Whichever of two words the language needs. */
    word: (zh: string | null | undefined, en: string | null | undefined) => (locale === 'en' ? en : zh) ?? '',
  }
}
