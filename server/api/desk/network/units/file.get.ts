import { UnitListFileQuery } from '~~/shared/schemas/network-lists'

/** The list of units whole, as a file: CSV, or a workbook (`format=xlsx`). */
export default defineEventHandler(async (event) => {
  const { unit: code, format, ...query } = readQuery(event, UnitListFileQuery)
  const desk = await requireDesk(event)
  const { unit } = await requireUnit(desk, code, 'desk')
  const on = query.on ?? chinaToday()
  const units = await everyPage(async (size, skip) => {
    const { units: rows, total } = await networkUnits(desk.database, unit.id, query, size, skip)
    return { rows, total }
  })
  const t = deskTranslator(event)
  const isEnglish = preferencesOf(event).lang === 'en'
  const yesNo = (value: boolean | null) => value === null ? null : t(value ? 'unit.yes' : 'unit.no')
  return sendTable(event, format, `units-${unit.code}-${on}`, t('networkUnits.title'), [
    [t('unit.code'), t('unit.name'), t('unit.localName'), t('unit.kind'), t('unit.level'), t('network.above'), t('unit.area'), t('unit.shouldBuild'), t('network.built'), t('unit.standardMet'),
      t('unit.zone'), t('unit.rooms'), t('unit.computers'), t('unit.openedOn'), t('unit.closedOn'), t('network.asOf')],
    ...units.map(one => [
      one.code, one.name, one.localName, isEnglish ? one.kindEn : one.kindZh, t(`network.levels.${one.level}`), one.above, one.area && t(`network.area.${one.area}`),
      one.shouldBuild ? t('unit.yes') : null, yesNo(one.built), one.isTeaching ? t(`network.${standardOf(one)}`) : null,
      one.zone && t('unit.zoneOf', { level: t(`unit.zoneLevels.${one.zoneLevel!}`), zone: t(`unit.zones.${one.zone}`) }), one.rooms, one.computers, one.openedOn, one.closedOn, on,
    ]),
  ])
})
