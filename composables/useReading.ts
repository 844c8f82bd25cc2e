/** Figures and dates in the reader's language. */
export function useReading() {
  const { lang } = usePreferences()
  return {
    date: (value: string | Date) => formatDate(value, lang.value),
    minutes: (minutes: number) => formatMinutes(minutes, lang.value),
  }
}
