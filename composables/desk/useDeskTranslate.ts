import type zh from '~/i18n/desk/zh-CN'

// Chunks that only the desk asks for.
const catalogues = {
  'zh-CN': () => import('~/i18n/desk/zh-CN'),
  'en': () => import('~/i18n/desk/en'),
}

export type DeskMessageKey = MessageKeys<typeof zh>
interface DeskTexts { $deskTranslate?: Translate<DeskMessageKey> }

/** Fetches the desk's texts; middleware/desk.ts awaits it before a page of the desk is made. */
export async function loadDeskTexts(): Promise<void> {
  const app = useNuxtApp() as DeskTexts
  const { lang } = usePreferences()
  app.$deskTranslate ??= createTranslator((await catalogues[lang.value]()).default as typeof zh)
}

/** The desk's texts, as `$t` says the residents'. */
export function useDeskTranslate(): Translate<DeskMessageKey> {
  const { $deskTranslate } = useNuxtApp() as DeskTexts
  if (!$deskTranslate) throw new Error('A page of the desk needs definePageMeta({ middleware: \'desk\' })')
  return $deskTranslate
}
