import type { H3Event } from 'h3'
import activityErrorsEn from '~~/i18n/activities/errors/en.json'
import activityErrorsZh from '~~/i18n/activities/errors/zh-CN.json'
import myActivitiesZh from '~~/i18n/activities/mine/zh-CN.json'
import bankEn from '~~/i18n/bank/en'
import bankZh from '~~/i18n/bank/zh-CN'
import certificatesEn from '~~/i18n/certificates/en.json'
import certificatesZh from '~~/i18n/certificates/zh-CN.json'
import deskEn from '~~/i18n/desk/en'
import deskZh from '~~/i18n/desk/zh-CN'
import en from '~~/i18n/en.json'
import meritsEn from '~~/i18n/merits/en'
import meritsZh from '~~/i18n/merits/zh-CN'
import zh from '~~/i18n/zh-CN.json'

const desk = { 'zh-CN': createTranslator(deskZh), 'en': createTranslator(deskEn) }
const bank = { 'zh-CN': createTranslator(bankZh), 'en': createTranslator(bankEn) }
const errors = {
  'zh-CN': createTranslator<Record<string, string>>({ ...zh.errors, ...bankZh.errors, ...meritsZh.errors, ...certificatesZh.errors, ...deskZh.errors, ...activityErrorsZh.errors }),
  'en': createTranslator<Record<string, string>>({ ...en.errors, ...bankEn.errors, ...meritsEn.errors, ...certificatesEn.errors, ...deskEn.errors, ...activityErrorsEn.errors }),
}

/** What is sent by text message, whose reader's language nobody knows. */
export const activityTexts = createTranslator(myActivitiesZh)

/** A refusal in the reader's words. */
export function refusalText(event: H3Event, code: string, details: Record<string, unknown>): string {
  const { lang } = preferencesOf(event)
  const t = errors[lang]
  const text = t(code, { ...withMoments(details, lang), wait: formatWait(Number(details.secondsLeft ?? 0), lang) })
  return text === code ? t('unforeseen') : text
}

/** The desk's texts in the reader's language, for what is made on the server alone. */
export function deskTranslator(event: H3Event) {
  return desk[preferencesOf(event).lang]
}

/** The desk's texts in Chinese, for what leaves the portal with nobody asking. */
export const chineseDesk = desk['zh-CN']

/** The credit bank's texts in the reader's language, for what is made on the server alone. */
export function bankTranslator(event: H3Event) {
  return bank[preferencesOf(event).lang]
}
