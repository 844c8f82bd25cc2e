import { StatementQuery } from '~~/shared/schemas/statements'
import type { StatementLine } from '~~/shared/types/statements'

/** A statement as a file for a spreadsheet, supplements below it, in the words of the page. 401 `sign_in_needed`, 404 `year_unknown`. */
export default defineEventHandler(async (event) => {
  const { database } = await requireSession(event)
  const { from } = readQuery(event, StatementQuery)
  const { lang } = preferencesOf(event)
  const { year, statements } = await statementOfYear(event, database, from)
  if (!year) throw refusal(404, 'year_unknown')
  const t = bankTranslator(event)
  const what = ({ what, grounds }: StatementLine) => [what, ...grounds.map(({ text }) => text)].filter(Boolean).join(' · ')
  sendFile(event, `statement-${year.from}.csv`, 'text/csv; charset=utf-8')
  return toCsv([
    (['number', 'date', 'what', 'why', 'amount', 'balance'] as const).map(column => t(`statement.columns.${column}`)),
    ...statements.flatMap(one => [
      ['', '', t('statement.opening'), '', '', one.openingMilliCredits / 1000],
      ...one.lines.map(line => [line.seq, formatDate(line.postedAt, lang), what(line), line.why, line.milliCredits / 1000, line.balanceAfterMilliCredits! / 1000]),
      ['', '', t('statement.closing'), '', '', one.closingMilliCredits / 1000],
      ...one.supplements.flatMap(({ postedOn, lines }) => [
        ['', '', t('statement.supplement', { date: formatDate(postedOn, lang) }), '', '', ''],
        ...lines.map(line => ['', formatDate(line.countedOn, lang), what(line), line.why, line.milliCredits / 1000, '']),
      ]),
    ]),
  ])
})
