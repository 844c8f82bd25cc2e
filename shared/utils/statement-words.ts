import type zh from '../../i18n/bank/zh-CN'
import type { StatementLine } from '../types/statements'
import { passbookWords } from './passbook-words'
import type { MessageKeys, Translate } from './translator'

/** A line of a statement in words: as in the passbook, and what paid something back. */
export function statementWords(t: Translate<MessageKeys<typeof zh>>) {
  const words = passbookWords(t)
  const asPassbook = (line: StatementLine) => ({
    // What is owed stands in lines of its own here.
    ...line, id: line.seq, course: null, lesson: null, ground: null, owedMilliCredits: 0, balanceAfterMilliCredits: line.balanceAfterMilliCredits ?? 0,
  })
  return {
    what: (line: StatementLine): string => line.repays ? t('statement.repays') : words.what(asPassbook(line)),
    why: (line: StatementLine): string => line.repays ? t('statement.repaysWhy') : words.why(asPassbook(line)),
  }
}
