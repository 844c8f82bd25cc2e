/** Says a slice of a figure, such as `age_sex:60-69:female`, in words: 城镇, 60-69 岁 · 女, 5 月; nothing for none. */
export function useSliceWords() {
  const t = useDeskTranslate()
  return (slice: string | null | undefined): string | null => {
    const [, kind, code] = /^(\w+):(.+)$/.exec(slice ?? '') ?? []
    if (!kind || !code) return null
    if (kind === 'area') return t(code === 'urban' ? 'network.area.urban' : 'network.area.rural')
    if (kind === 'channel') return t(`channel.${code as 'web'}`)
    if (kind === 'month') return t('figure.month', { month: Number(code) })
    const [band, sex] = splitAgeSex(code)
    return `${band === 'unknown' ? t('metrics.ages.unknown') : t('metrics.ages.band', { band })} · ${t(`sex.${sex}`)}`
  }
}
