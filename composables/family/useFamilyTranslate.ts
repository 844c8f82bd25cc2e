import type zh from '~/i18n/family/zh-CN.json'

const texts = faceTexts<typeof zh>('family', { 'zh-CN': () => import('~/i18n/family/zh-CN.json'), 'en': () => import('~/i18n/family/en.json') })

/** Fetches the texts of helping family; middleware/my-pages.ts awaits it. */
export const loadFamilyTexts = texts.load
/** The texts of helping family, as `$t` says those of all pages. */
export const useFamilyTranslate = texts.use
