import type zh from '~/i18n/draws/zh-CN.json'

const texts = faceTexts<typeof zh>('draws', { 'zh-CN': () => import('~/i18n/draws/zh-CN.json'), 'en': () => import('~/i18n/draws/en.json') })

/** Fetches the texts of draws and missed seats; middleware/draws.ts awaits it. */
export const loadDrawTexts = texts.load
/** The texts of draws and missed seats, as `$t` says those of all pages. */
export const useDrawTranslate = texts.use
