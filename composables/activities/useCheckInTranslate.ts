import type zh from '~/i18n/check-in/zh-CN.json'

const texts = faceTexts<typeof zh>('check-in', { 'zh-CN': () => import('~/i18n/check-in/zh-CN.json'), 'en': () => import('~/i18n/check-in/en.json') })

/** Fetches the texts of checking in; middleware/check-in.ts awaits it. */
export const loadCheckInTexts = texts.load
/** The texts of checking in, as `$t` says those of all pages. */
export const useCheckInTranslate = texts.use
