import { TermAgainQuery } from '~~/shared/schemas/desk-activities'

const after = (days: number) => new Date(Date.parse(chinaToday()) + days * 86_400_000).toISOString().slice(0, 10)

/** A term as it would be held again: nothing is written. Days that can't be are said by field, with no activities. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, from = after(-150), to = chinaToday(), start = after(14) } = readQuery(event, TermAgainQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const wrong = wrongTermDays({ from, to, start })
  if (wrong) return { unit, trail, from, to, start, messages: { [wrong.field]: refusalText(event, wrong.code, {}) } as Partial<Record<'to' | 'start', string>>, activities: [] }
  return {
    unit, trail, from, to, start, messages: {},
    activities: (await termAgain(event, desk, unit.id, { from, to, start })).map(({ id, title, host, lecturer, sessions, skipped, isKnown }) => ({
      id, title, host, lecturer, skipped, isKnown, dates: sessions.map(({ startsAt, endsAt }) => ({ startsAt, endsAt })),
    })),
  }
})
