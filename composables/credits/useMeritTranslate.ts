import type zh from '~/i18n/merits/zh-CN'

const texts = faceTexts<typeof zh>('merits', { 'zh-CN': () => import('~/i18n/merits/zh-CN'), 'en': () => import('~/i18n/merits/en') })

/** Fetches the texts of levels, awards and recognition; middleware/merits.ts awaits it. */
export const loadMeritTexts = texts.load
/** The texts of levels, awards and recognition, as `$t` says those of all pages. */
export const useMeritTranslate = texts.use
