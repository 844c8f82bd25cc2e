/** What tells people of one name apart: year of birth, home, the phone as it may be shown. */
export function usePersonFacts() {
  const t = useDeskTranslate()
  return ({ birthYear, home, phone }: { birthYear: number | null, home: string, phone?: string | null }) =>
    [birthYear ? t('classes.born', { year: String(birthYear) }) : '', home, phone ?? ''].filter(Boolean).join(' · ')
}
