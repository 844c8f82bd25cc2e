import type zh from '~/i18n/bank/zh-CN'

const texts = faceTexts<typeof zh>('bank', { 'zh-CN': () => import('~/i18n/bank/zh-CN'), 'en': () => import('~/i18n/bank/en') })

/** Fetches the credit bank's texts; middleware/bank.ts awaits it. */
export const loadBankTexts = texts.load
/** The credit bank's texts, as `$t` says those of all pages. */
export const useBankTranslate = texts.use
