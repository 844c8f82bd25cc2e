import type { H3Event } from 'h3'
import type { LearningYear, Statement, StatementLine } from '~~/shared/types/statements'
import type { Supabase } from '../database'
import type { AccountRow } from './lines'

/** The asker's statements of a closed year (of several where two rows became one person), the years there are, and whether a seal holds them. */
export async function statementOfYear(event: H3Event, database: Supabase, from: string | undefined) {
  const mine = await answerOf(database.from('credit_statements')
    .select(`person_id, from_seq, to_seq, opening_milli_credits, earned_milli_credits, taken_milli_credits, moved_milli_credits, closing_milli_credits, minutes, chain_seq, head, issued_at,
      credit_years!inner(id, starts_on, ends_on, closed_at)`)
    .not('credit_years.closed_at', 'is', null))
  const years = [...new Map(mine.map(({ credit_years: year }) => [year.id, yearOf(year)])).values()].sort((a, b) => a.from < b.from ? 1 : -1)
  const year = from === undefined ? years[0] : years.find(one => one.from === from)
  if (from !== undefined && !year) throw refusal(404, 'year_unknown')
  if (!year) return { years, year: null, statements: [], seal: null }
  const [rows, sealed] = await Promise.all([
    everyRow((start, end) => database.rpc('my_statement_lines', { of_year_id: year.id }).range(start, end)),
    answerOf(database.from('credit_seal_paths').select('person_id, seq, credit_seals(sealed_at)')),
  ])
  const lineOf = statementLines(event)
  const statements = mine.filter(one => one.credit_years.id === year.id).map((one): Statement => {
    const lines = rows.filter(row => row.person_id === one.person_id)
    return {
      personId: one.person_id, fromSeq: one.from_seq, toSeq: one.to_seq, minutes: one.minutes, chainSeq: one.chain_seq,
      openingMilliCredits: one.opening_milli_credits, earnedMilliCredits: one.earned_milli_credits, takenMilliCredits: one.taken_milli_credits,
      movedMilliCredits: one.moved_milli_credits, closingMilliCredits: one.closing_milli_credits,
      head: (one.head as unknown as string).replace(/^\\x/, ''), issuedAt: one.issued_at, lines: lines.filter(({ late }) => !late).map(row => lineOf(row)),
      supplements: supplementsOf(lines.filter(({ late }) => late).map(row => lineOf(row))),
    }
  })
  const seal = sealed.find(path => statements.some(one => one.personId === path.person_id && one.chainSeq <= path.seq))
  return { years, year, statements, seal: seal ? { sealedAt: seal.credit_seals.sealed_at, seq: seal.seq } : null }
}

function yearOf({ id, starts_on, ends_on }: { id: number, starts_on: string, ends_on: string }): LearningYear {
  return { id, from: starts_on, until: dayBefore(ends_on) }
}

interface Row extends AccountRow {
  seq: number | null
  posted_at: string | null
  counted_on: string | null
  amount: number | null
  after: number | null
  repays: boolean | null
}

function statementLines(event: H3Event) {
  const [t, say] = [lineTranslator(event), linesSaid(event)]
  return (row: Row): StatementLine => {
    // What is owed stands in lines of its own here.
    const { what, why, course, lesson, ground } = say(row, row.amount!, 0)
    return {
      seq: row.seq!, postedAt: row.posted_at!, countedOn: row.counted_on!, milliCredits: row.amount!, balanceAfterMilliCredits: row.after,
      what: row.repays ? t('repays') : what, why: row.repays ? t('repaysWhy') : why,
      grounds: [...course ? [{ text: course.title, link: course.slug && `/courses/${course.slug}` }] : [], ...lesson ? [{ text: lesson, link: null }] : [], ...ground ? [ground] : []],
    }
  }
}

/** One for each day on which something was posted for the year after its end. */
function supplementsOf(lines: StatementLine[]): Statement['supplements'] {
  const days = new Map<string, StatementLine[]>()
  for (const line of lines) {
    const day = new Date(line.postedAt).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
    days.set(day, [...days.get(day) ?? [], line])
  }
  return [...days].map(([postedOn, lines]) => ({ postedOn, lines, milliCredits: lines.reduce((sum, { milliCredits }) => sum + milliCredits, 0) }))
}
