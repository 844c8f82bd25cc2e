import type mine from '~/i18n/activities/mine/zh-CN.json'
import type zh from '~/i18n/activities/zh-CN.json'

const texts = faceTexts<typeof zh>('activities', { 'zh-CN': () => import('~/i18n/activities/zh-CN.json'), 'en': () => import('~/i18n/activities/en.json') })

/** Fetches the texts of activities; middleware/activities.ts awaits it. */
export const loadActivityTexts = texts.load
/** The texts of activities, as `$t` says those of all pages. */
export const useActivityTranslate = texts.use

const ofMine = faceTexts<typeof mine>('my-activities', { 'zh-CN': () => import('~/i18n/activities/mine/zh-CN.json'), 'en': () => import('~/i18n/activities/mine/en.json') })

/** Fetches the texts of one's own activities; middleware/my-activities.ts awaits it. */
export const loadMyActivityTexts = ofMine.load
/** The texts of one's own activities: what one has signed up for, was told, and takes into a calendar. */
export const useMyActivityTranslate = ofMine.use
