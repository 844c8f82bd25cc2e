import type zh from '~/i18n/feedback/zh-CN.json'

const texts = faceTexts<typeof zh>('feedback', { 'zh-CN': () => import('~/i18n/feedback/zh-CN.json'), 'en': () => import('~/i18n/feedback/en.json') })

/** Fetches the texts of what is said after a session; middleware/feedback.ts awaits it. */
export const loadFeedbackTexts = texts.load
/** The texts of what is said after a session, as `$t` says those of all pages. */
export const useFeedbackTranslate = texts.use
