import type zh from '~/i18n/my-calendar/zh-CN.json'

const texts = faceTexts<typeof zh>('my-calendar', { 'zh-CN': () => import('~/i18n/my-calendar/zh-CN.json'), 'en': () => import('~/i18n/my-calendar/en.json') })

/** Fetches the texts of one's own calendar and seats; middleware/my-pages.ts awaits it. */
export const loadMyCalendarTexts = texts.load
/** The texts of one's own calendar and seats, as `$t` says those of all pages. */
export const useMyCalendarTranslate = texts.use
