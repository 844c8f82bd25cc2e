/** Figures and dates in the reader's language, and the language of what is not in it. */
export function useReading() {
  const { lang } = usePreferences()
  return {
    /** For texts of courses, which are Chinese whatever language the page is in, so that a screen reader changes its voice. */
    contentLang: computed(() => lang.value === 'zh-CN' ? undefined : 'zh-CN'),
    date: (value: string | Date) => formatDate(value, lang.value),
    minutes: (minutes: number) => formatMinutes(minutes, lang.value),
  }
}
