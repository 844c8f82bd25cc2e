import { PassbookQuery } from '~~/shared/schemas/credits'

/** The asker's year as a file for a spreadsheet, in the words of the page. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  const { database } = await requireSession(event)
  const { year = chinaYear() } = readQuery(event, PassbookQuery)
  const { lang } = preferencesOf(event)
  const book = await passbookYear(event, database, year)
  const t = bankTranslator(event)
  sendFile(event, `passbook-${year}.csv`, 'text/csv; charset=utf-8')
  return toCsv([
    (['date', 'what', 'why', 'amount', 'balance'] as const).map(column => t(`passbook.columns.${column}`)),
    ['', t('passbook.opening', { year }), '', '', book.openingMilliCredits / 1000],
    ...book.lines.map(line => [
      formatDate(line.postedAt, lang), [line.what, line.course?.title, line.lesson, line.ground?.text].filter(Boolean).join(' · '), line.why,
      line.milliCredits / 1000, line.balanceAfterMilliCredits / 1000,
    ]),
    ['', year === chinaYear() ? t('passbook.closingNow') : t('passbook.closing', { year }), '', '', book.closingMilliCredits / 1000],
  ])
})
