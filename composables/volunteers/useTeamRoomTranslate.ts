import type zh from '~/i18n/team-rooms/zh-CN.json'

const texts = faceTexts<typeof zh>('team-rooms', { 'zh-CN': () => import('~/i18n/team-rooms/zh-CN.json'), 'en': () => import('~/i18n/team-rooms/en.json') })

/** Fetches the texts of a team's rooms; middleware/my-pages.ts awaits it. */
export const loadTeamRoomTexts = texts.load
/** The texts of a team's rooms, as `$t` says those of all pages. */
export const useTeamRoomTranslate = texts.use
