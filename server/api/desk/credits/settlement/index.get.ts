import type { SettledYear } from '~~/shared/types/statements'

/** Learning years that were closed or are being closed, and the one that comes next. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { database } = await requireDesk(event, 'approval')
  return await answerOf(database.rpc('credit_years_at_desk')) as unknown as {
    next: { startsOn: string, endsOn: string, isOver: boolean } | null
    years: SettledYear[]
  }
})
