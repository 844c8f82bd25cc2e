import type { PassbookLine } from '~~/shared/types/credits'

/** As private.posting_ground() answers. */
export interface PostingGround { kind: 'session' | 'class' | 'service' | 'reward' | 'record', zh: string | null, en?: string | null, day?: string, code?: string, ended?: string }

/** What a line was for, with its day. */
export function groundWords(ground: PostingGround | null | undefined, lang: 'zh-CN' | 'en'): PassbookLine['ground'] {
  const title = ground && ((lang === 'en' ? ground.en : null) ?? ground.zh)
  if (!title) return null
  return { text: ground.day ? `${title} · ${formatDate(ground.day, lang)}` : title, activity: ground.code ?? null }
}

/** Why a reward that was set aside came back. */
export function endOfHold(kind: string, ground: PostingGround | null | undefined): string | null {
  return kind === 'release' && ground?.ended ? `hold_${ground.ended}` : null
}
