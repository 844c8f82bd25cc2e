import { CardsQuery } from '~~/shared/schemas/people'
import { printedCardNumber } from '~~/shared/utils/card-number'

/** Ten sheets. */
const PAGE = 100

/** Cards to print, of one person or of a unit: name, number and a code that holds the number only. */
export default defineEventHandler(async (event) => {
  const { unit: code, person, page } = readQuery(event, CardsQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const rows = await answerOf(desk.database.rpc('cards_to_print', { in_unit_id: unit.id, of_person_id: person, page_size: PAGE, skip: (page - 1) * PAGE }))
  const { total = 0, missing = 0 } = rows[0] ?? {}
  return {
    unit, trail, person: person ?? null, page, total: total!, missing: missing!, pages: Math.ceil(total! / PAGE),
    cards: rows.flatMap(({ person_id, name, home, number }) => number
      ? [{ id: person_id!, name: name!, home: home!, number: printedCardNumber(number), code: cardCode(event, number) }]
      : []),
  }
})
