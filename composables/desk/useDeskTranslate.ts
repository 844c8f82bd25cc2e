import type zh from '~/i18n/desk/zh-CN'

const texts = faceTexts<typeof zh>('desk', { 'zh-CN': () => import('~/i18n/desk/zh-CN'), 'en': () => import('~/i18n/desk/en') })

export type DeskMessageKey = MessageKeys<typeof zh>
/** Fetches the desk's texts; middleware/desk.ts awaits it before a page of the desk is made. */
export const loadDeskTexts = texts.load
/** The desk's texts, as `$t` says the residents'. */
export const useDeskTranslate = texts.use
