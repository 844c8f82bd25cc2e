import { printedCardNumber } from '~~/shared/utils/card-number'

/** The asker's own card: its number and code. 403 `introduction_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const number = await answerOf(database.rpc('my_card'))
  return { number: printedCardNumber(number), code: cardCode(event, number) }
})
