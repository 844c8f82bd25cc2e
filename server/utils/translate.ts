import type { H3Event } from 'h3'
import myActivitiesZh from '~~/i18n/activities/mine/zh-CN.json'
import activityToldEn from '~~/i18n/activities/told/en.json'
import activityToldZh from '~~/i18n/activities/told/zh-CN.json'
import bankEn from '~~/i18n/bank/en'
import linesEn from '~~/i18n/bank/told/en.json'
import linesZh from '~~/i18n/bank/told/zh-CN.json'
import bankZh from '~~/i18n/bank/zh-CN'
import deskEn from '~~/i18n/desk/en'
import deskZh from '~~/i18n/desk/zh-CN'
import errorsEn from '~~/i18n/errors/en'
import errorsZh from '~~/i18n/errors/zh-CN'
import calendarToldEn from '~~/i18n/my-calendar/told/en.json'
import calendarToldZh from '~~/i18n/my-calendar/told/zh-CN.json'
import serviceToldEn from '~~/i18n/volunteers/told/en.json'
import serviceToldZh from '~~/i18n/volunteers/told/zh-CN.json'

const desk = { 'zh-CN': createTranslator(deskZh), 'en': createTranslator(deskEn) }
const lines = { 'zh-CN': createTranslator(linesZh), 'en': createTranslator(linesEn) }
const bank = { 'zh-CN': createTranslator(bankZh), 'en': createTranslator(bankEn) }
// One code may be said in two ways: to the resident whom it concerns, and to staff.
const errors = {
  'zh-CN': { resident: createTranslator<Record<string, string>>({ ...deskZh.errors, ...errorsZh }), staff: createTranslator<Record<string, string>>({ ...errorsZh, ...deskZh.errors }) },
  'en': { resident: createTranslator<Record<string, string>>({ ...deskEn.errors, ...errorsEn }), staff: createTranslator<Record<string, string>>({ ...errorsEn, ...deskEn.errors }) },
}

const told = { 'zh-CN': createTranslator(activityToldZh), 'en': createTranslator(activityToldEn) }

/** What is sent by text message, whose reader's language nobody knows. */
export const activityTexts = createTranslator({ ...myActivitiesZh, ...activityToldZh })

/** What is told of an activity by the server alone: residents' pages have no room for every case. */
export function activityTold(event: H3Event) {
  return activityToldIn(preferencesOf(event).lang)
}
export function activityToldIn(lang: 'zh-CN' | 'en') {
  return told[lang]
}

const serviceTold = { 'zh-CN': createTranslator(serviceToldZh), 'en': createTranslator(serviceToldEn) }

/** What volunteers and teams are told, said by the server alone. */
export function serviceToldIn(lang: 'zh-CN' | 'en') {
  return serviceTold[lang]
}

const calendarTold = { 'zh-CN': createTranslator(calendarToldZh), 'en': createTranslator(calendarToldEn) }

/** What one's own calendar and seats say by the server alone. */
export function calendarToldIn(lang: 'zh-CN' | 'en') {
  return calendarTold[lang]
}

/** A refusal in the reader's words. */
export function refusalText(event: H3Event, code: string, details: Record<string, unknown>): string {
  const { lang } = preferencesOf(event)
  const t = errors[lang][/^\/(?:api\/)?desk(?:\/|$)/.test(event.path) ? 'staff' : 'resident']
  // What has a name in both languages is named in the reader's.
  const text = t(code, { ...withMoments(details, lang), named: details[lang === 'en' ? 'en' : 'zh'], wait: formatWait(Number(details.secondsLeft ?? 0), lang) })
  return text === code ? t('unforeseen') : text
}

/** What a refusal says, and what of each of its fields; `_` in `details.field` names none. */
export function refusalTexts(event: H3Event, code: string, details: Record<string, unknown>): { message: string, messages?: Record<string, string> } {
  const { field, fields } = details as { field?: string, fields?: Record<string, string> }
  const named = { ...fields, ...(field && field !== '_' ? { [field]: code } : {}) }
  const texts = Object.entries(named).map(([name, fieldCode]) => [name, refusalText(event, fieldCode, details)])
  return { message: refusalText(event, code, details), ...(texts.length ? { messages: Object.fromEntries(texts) } : {}) }
}

/** The desk's texts in the reader's language, for what is made on the server alone. */
export function deskTranslator(event: H3Event) {
  return desk[preferencesOf(event).lang]
}

/** The desk's texts in Chinese, for what leaves the portal with nobody asking. */
export const chineseDesk = desk['zh-CN']

/** The credit bank's texts in Chinese, for text messages. */
export const chineseBank = bank['zh-CN']

/** The credit bank's texts in the reader's language, for what is made on the server alone. */
export function bankTranslator(event: H3Event) {
  return bank[preferencesOf(event).lang]
}

/** What the lines of an account say, in the reader's language: pages get them as they are read. */
export function lineTranslator(event: H3Event) {
  return linesIn(preferencesOf(event).lang)
}
export function linesIn(lang: 'zh-CN' | 'en') {
  return lines[lang]
}
