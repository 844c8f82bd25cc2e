import type zh from '~/i18n/volunteers/zh-CN.json'

const texts = faceTexts<typeof zh>('volunteers', { 'zh-CN': () => import('~/i18n/volunteers/zh-CN.json'), 'en': () => import('~/i18n/volunteers/en.json') })

/** Fetches the texts of volunteering; middleware/volunteers.ts awaits it. */
export const loadVolunteerTexts = texts.load
/** The texts of volunteering, as `$t` says those of all pages. */
export const useVolunteerTranslate = texts.use
