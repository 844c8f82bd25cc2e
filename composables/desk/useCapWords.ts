type Category = Readonly<{ zh: string, en: string }>

/** Caps in words, and the choices of a form that sets one: over which period, and of what. */
export function useCapWords() {
  const t = useDeskTranslate()
  const { word } = useFormat()
  const period = (one: (typeof CAP_PERIODS)[number]) => one === 'term' ? t('creditCaps.term') : t(`credits.periods.${one}`)
  const category = ({ zh, en }: Category) => t('creditCaps.category', { name: word(zh, en) })
  return {
    period,
    /** What it is on; nothing where it is on all that the rule gives. */
    scope: ({ perInstitution, category: of }: { perInstitution?: boolean, category?: Category | null }) => perInstitution ? t('creditCaps.institution') : of ? category(of) : '',
    periods: () => CAP_PERIODS.map(value => ({ value, label: period(value) })),
    scopes: (categories: readonly (Category & { id: string })[]) => [
      { value: 'all', label: t('creditCaps.all') }, { value: 'institution', label: t('creditCaps.institution') },
      ...categories.map(one => ({ value: `category:${one.id}`, label: category(one) })),
    ],
  }
}
