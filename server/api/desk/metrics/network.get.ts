import { NetworkFiguresQuery } from '~~/shared/schemas/range-figures'

/**
 * Coverage, registered volunteers and the network of a unit and of those right below it, side by side, in a year: of the running one as of today, else as of its
 * last day. Small numbers of people are null for posts that see no names. 404 `unit_unknown`, 403 `figures_hidden` | `unit_not_yours`.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, NetworkFiguresQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, query.unit, 'figures')
  const year = query.year ?? thisYear()
  const on = year >= thisYear() ? chinaToday() : `${year}-12-31`
  const [coverage, service, network, kinds, seesNames, { years }] = await Promise.all([
    coverageOf(desk.database, unit.id, year, 'resident'),
    serviceShareOf(desk.database, unit.id, `${year}-01-01`, on),
    answerOf(desk.database.rpc('network_figures', { in_unit_id: unit.id, day: on })),
    answerOf(desk.database.from('unit_kinds').select('id, zh, en').eq('nature', 'teaching')),
    seesNamesAt(desk.database, unit.id),
    figureChoices(desk.database, unit.id),
  ])
  return {
    unit, trail, year, years, on, seesNames,
    // Kinds that none of these units has say nothing.
    kinds: kinds.filter(({ id }) => network.some(row => (row.kinds as unknown as Record<string, number>)[id])),
    rows: coverage.map((row) => {
      const [volunteers, units] = [service.find(({ code }) => code === row.code), network.find(({ code }) => code === row.code)]
      return {
        ...row, registered: volunteers?.registered ?? null, served: volunteers?.served ?? null,
        network: units
          ? {
              shouldBuild: units.should_build!, built: units.built!, teaching: units.teaching!, met: units.met!, notMet: units.not_met!, notJudged: units.not_judged!,
              kinds: units.kinds as unknown as Record<string, number>,
            }
          : null,
      }
    }),
  }
})
