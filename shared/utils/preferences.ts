/** How a visitor reads: language, 长辈版 or standard, text size (×1, ×1.22, ×1.5). Kept in plain cookies. */
export interface Preferences { lang: 'zh-CN' | 'en', mode: 'standard' | 'elder', size: '1' | '2' | '3' }

/** Reads the cookies; anything unknown is the first choice. No schema library: this one runs on every phone. */
export function preferencesFrom(cookies: Partial<Record<keyof Preferences, unknown>>): Preferences {
  return {
    lang: cookies.lang === 'en' ? 'en' : 'zh-CN',
    mode: cookies.mode === 'elder' ? 'elder' : 'standard',
    size: cookies.size === '2' || cookies.size === '3' ? cookies.size : '1',
  }
}
