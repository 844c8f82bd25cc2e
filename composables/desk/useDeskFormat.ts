/** Numbers, shares and days as the reader's language writes them. */
export function useFormat() {
  const { lang } = usePreferences()
  const locale = lang.value
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const hundredths = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'Asia/Shanghai' })
  const minute = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'Asia/Shanghai' })
  const clock = new Intl.DateTimeFormat('sv-SE', { timeStyle: 'short', timeZone: 'Asia/Shanghai' })
  const at = (moment: string) => new Date(moment.length === 10 ? `${moment}T00:00:00+08:00` : moment)
  return {
    whole: (value: number) => whole.format(value),
    tenths: (value: number) => tenths.format(value),
    /** To the tenth; the few minutes of a short lesson to the hundredth, so that they are not nothing. */
    hours: (value: number) => (value < 0.1 ? hundredths : tenths).format(value),
    percent: (hundredths: number) => `${tenths.format(hundredths)}%`,
    /** A moment, or a date without a time. */
    day: (moment: string) => day.format(at(moment)),
    /** The day of the week; nothing for what is no date yet. */
    weekday: (moment: string) => Number.isNaN(at(moment).getTime()) ? '' : weekday.format(at(moment)),
    clock: (moment: string) => clock.format(new Date(moment)),
    /** A moment to the minute. */
    moment: (at: string) => minute.format(new Date(at)),
    /** Whichever of two words the language needs. */
    word: (zh: string | null | undefined, en: string | null | undefined) => (locale === 'en' ? en : zh) ?? '',
  }
}
