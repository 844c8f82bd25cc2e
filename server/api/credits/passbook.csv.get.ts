import { PassbookQuery } from '~~/shared/schemas/credits'
import { passbookWords } from '~~/shared/utils/passbook-words'

/** The asker's year as a file for a spreadsheet, in the words of the page. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  const { database } = await requireSession(event)
  const { year = chinaYear() } = readQuery(event, PassbookQuery)
  const { lang } = preferencesOf(event)
  const book = await passbookYear(database, year, lang)
  const t = bankTranslator(event)
  const words = passbookWords(t)
  sendFile(event, `passbook-${year}.csv`, 'text/csv; charset=utf-8')
  return toCsv([
    (['date', 'what', 'why', 'amount', 'balance'] as const).map(column => t(`passbook.columns.${column}`)),
    ['', t('passbook.opening', { year }), '', '', book.openingMilliCredits / 1000],
    ...book.lines.map(line => [
      formatDate(line.postedAt, lang), [words.what(line), line.course?.title, line.lesson?.title, line.ground?.text].filter(Boolean).join(' · '), words.why(line),
      line.milliCredits / 1000, line.balanceAfterMilliCredits / 1000,
    ]),
    ['', year === chinaYear() ? t('passbook.closingNow') : t('passbook.closing', { year }), '', '', book.closingMilliCredits / 1000],
  ])
})
