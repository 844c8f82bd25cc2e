/** How the reader reads: language, mode, text size. Changed by POST /api/preferences. */
export function usePreferences() {
  const asText = { readonly: true, decode: (value: string) => value } as const
  const cookies = { lang: useCookie('lang', asText), mode: useCookie('mode', asText), size: useCookie('size', asText) }
  const preferences = computed(() => preferencesFrom({ lang: cookies.lang.value, mode: cookies.mode.value, size: cookies.size.value }))
  return {
    lang: computed(() => preferences.value.lang),
    mode: computed(() => preferences.value.mode),
    size: computed(() => preferences.value.size),
  }
}
