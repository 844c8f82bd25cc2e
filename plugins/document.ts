/** Language, mode and text size on <html> from the first byte, so nothing jumps. */
export default defineNuxtPlugin(() => {
  const { lang, mode, size } = usePreferences()
  useHead({
    htmlAttrs: { 'lang': lang, 'data-mode': mode, 'data-size': size },
    meta: [{ name: 'viewport', content: 'width=device-width, initial-scale=1' }, { name: 'theme-color', content: '#0f5c4d' }],
    link: [{ rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }],
  })
})
