/**
 * Texts that only some pages ask for, as chunks of their own: a middleware awaits `load` before such a page is made, and
 * its parts `use` them as `$t` says the texts of all pages.
 *
 * @throws in `use`, where the page does not name the middleware.
 */
export function faceTexts<Messages extends object>(name: string, catalogues: Record<'zh-CN' | 'en', () => Promise<{ default: object }>>) {
  type Texts = Translate<MessageKeys<Messages>>
  const texts = () => useNuxtApp() as { $faces?: Record<string, Texts> }
  return {
    async load(): Promise<void> {
      const app = texts()
      const { lang } = usePreferences()
      const { default: messages } = await catalogues[lang.value]()
      app.$faces = { ...app.$faces, [name]: createTranslator(messages as Messages) }
    },
    use(): Texts {
      const face = texts().$faces?.[name]
      if (!face) throw new Error(`This page needs the middleware that loads '${name}'`)
      return face
    },
  }
}
