import type zh from '~/i18n/records/zh-CN.json'

const texts = faceTexts<typeof zh>('records', { 'zh-CN': () => import('~/i18n/records/zh-CN.json'), 'en': () => import('~/i18n/records/en.json') })

/** Fetches the texts of putting records right; middleware/my-pages.ts awaits it. */
export const loadRecordTexts = texts.load
/** The texts of putting records right, as `$t` says those of all pages. */
export const useRecordTranslate = texts.use
