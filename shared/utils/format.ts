type Lang = 'zh-CN' | 'en'

// Put together from parts, so that server and phone write the same whatever their version of the language data.
const parts = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit', hour12: false })
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function partsOf(moment: Date): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]))
}

/** The calendar year in China of a moment, of now when none is given. */
export function chinaYear(moment = new Date()): number {
  return Number(partsOf(moment).year)
}

/** 2026年3月5日 · 5 March 2026: the day in China of a moment or of a date. */
export function formatDate(value: string | Date, lang: Lang): string {
  const { year, month, day } = partsOf(new Date(value))
  return lang === 'en' ? `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}` : `${year}年${Number(month)}月${Number(day)}日`
}

/** Thousandths of a credit as credits: 1340 → 1.34, with no more digits than it has. */
export function formatCredits(milliCredits: number): string {
  const sign = milliCredits < 0 ? '−' : ''
  const [whole, thousandths] = [Math.floor(Math.abs(milliCredits) / 1000), Math.abs(milliCredits) % 1000]
  const fraction = String(thousandths).padStart(3, '0').replace(/0+$/, '')
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${grouped}${fraction ? `.${fraction}` : ''}`
}

/** 75 → 1 小时 15 分钟 · 1 h 15 min. */
export function formatMinutes(minutes: number, lang: Lang): string {
  const [hours, rest] = [Math.floor(minutes / 60), Math.round(minutes % 60)]
  const words = lang === 'en' ? ['h', 'min'] : ['小时', '分钟']
  return [hours && `${hours} ${words[0]}`, (rest || !hours) && `${rest} ${words[1]}`].filter(Boolean).join(' ')
}

/** Hours with one digit after the point at most: 12.5. */
export function formatHours(hours: number): string {
  return String(Math.round(hours * 10) / 10)
}

/** Minutes that a credit was worked out with: 7.5, 10. */
export function formatNumber(value: number): string {
  return String(Math.round(value * 100) / 100)
}

/** 500000 → 8 分 20 秒 · 8 min 20 s: a length of media or of time. */
export function formatSpan(ms: number, lang: Lang): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  const words = lang === 'en' ? ['min', 's'] : ['分', '秒']
  return [minutes && `${minutes} ${words[0]}`, (rest || !minutes) && `${rest} ${words[1]}`].filter(Boolean).join(' ')
}

/** 45 → 45 秒 · 45 seconds; from two minutes on in whole minutes, rounded up: 500 → 9 分钟 · 9 minutes. */
export function formatWait(seconds: number, lang: Lang): string {
  const [count, words] = seconds >= 120 ? [Math.ceil(seconds / 60), ['minutes', '分钟']] : [seconds, [seconds === 1 ? 'second' : 'seconds', '秒']]
  return `${count} ${words[lang === 'en' ? 0 : 1]}`
}

/** 190000 → 3:10, as a player shows it. */
export function formatPosition(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
