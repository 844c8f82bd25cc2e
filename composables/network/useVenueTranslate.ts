import type zh from '~/i18n/venues/zh-CN.json'

const texts = faceTexts<typeof zh>('venues', { 'zh-CN': () => import('~/i18n/venues/zh-CN.json'), 'en': () => import('~/i18n/venues/en.json') })

/** Fetches the texts of venues; middleware/venues.ts awaits it. */
export const loadVenueTexts = texts.load
/** The texts of venues, as `$t` says those of all pages. */
export const useVenueTranslate = texts.use
