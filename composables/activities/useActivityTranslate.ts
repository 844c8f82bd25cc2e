import type zh from '~/i18n/activities/zh-CN.json'

const texts = faceTexts<typeof zh>('activities', { 'zh-CN': () => import('~/i18n/activities/zh-CN.json'), 'en': () => import('~/i18n/activities/en.json') })

/** Fetches the texts of activities; middleware/activities.ts awaits it. */
export const loadActivityTexts = texts.load
/** The texts of activities, as `$t` says those of all pages. */
export const useActivityTranslate = texts.use
