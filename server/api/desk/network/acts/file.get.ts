import { UnitActsFileQuery } from '~~/shared/schemas/network-lists'

/** The acts of a span of days whole, as a file: CSV, or a workbook (`format=xlsx`). */
export default defineEventHandler(async (event) => {
  const { unit: code, format, ...query } = readQuery(event, UnitActsFileQuery)
  const desk = await requireDesk(event)
  const { unit } = await requireUnit(desk, code, 'desk')
  const { from, until } = await networkActs(desk.database, unit.id, query, 1, 0)
  const acts = await everyPage(async (size, skip) => {
    const { acts: rows, total } = await networkActs(desk.database, unit.id, query, size, skip)
    return { rows, total }
  })
  const t = deskTranslator(event)
  const isEnglish = preferencesOf(event).lang === 'en'
  return sendTable(event, format, `unit-acts-${unit.code}-${from}-${until}`, t('networkActs.title'), [
    [t('networkActs.day'), t('networkActs.act'), t('unit.code'), t('unit.name'), t('unit.kind'), t('unit.level'), t('networkActs.from'), t('networkActs.to'), t('networkActs.recorded')],
    ...acts.map(one => [one.day, t(`networkActs.acts.${one.act}`), one.code, one.name, isEnglish ? one.kindEn : one.kindZh, t(`network.levels.${one.level}`), one.from, one.to,
      `${new Date(one.recordedAt).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })} ${one.recordedBy ?? t('unit.system')}`]),
  ])
})
