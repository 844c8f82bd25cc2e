import { MetricsQuery } from '~~/shared/schemas/desk'

/**
 * The figures of a unit and year: reached ÷ population by group, of each unit right below and of every village, by category,
 * area, age and sex, channel and month; or, on the organiser's axis, whom its work taught; and what the last nightly check said. 404 `unit_unknown`,
 * 403 `unit_not_yours`, 422 `group_unknown` | `category_unknown`.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, MetricsQuery)
  const desk = await requireDesk(event, 'figures')
  const [{ residence, ...figures }, check] = await Promise.all([figuresFor(desk, query), figureCheckStanding(desk.database)])
  const villages = residence?.heat.length ?? 0
  const isMany = villages > HEAT_MOST
  return {
    ...figures, check,
    residence: residence && { ...residence, villages, heat: isMany ? [] : residence.heat, heatTownships: isMany ? heatTownships(residence.heat, coverageRate) : [] },
  }
})
