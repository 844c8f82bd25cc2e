import type zh from '~/i18n/zh-CN.json'

// Each language is a chunk of its own.
const catalogues = {
  'zh-CN': () => import('~/i18n/zh-CN.json'),
  'en': () => import('~/i18n/en.json'),
}

export type MessageKey = MessageKeys<typeof zh>

export default defineNuxtPlugin({
  name: 'translate',
  async setup() {
    const { lang } = usePreferences()
    const { default: messages } = await catalogues[lang.value]()
    return { provide: { t: createTranslator(messages as typeof zh) } }
  },
})
