import type zh from '../../i18n/bank/zh-CN'
import type { PassbookLine } from '../types/credits'
import { formatCredits, formatNumber } from './format'
import type { MessageKeys, Translate } from './translator'

/** A line of a passbook in words: what it is for, and why it is as much as it is. */
export function passbookWords(t: Translate<MessageKeys<typeof zh>>) {
  return {
    what: ({ kind, rule }: PassbookLine): string => kind === 'award' || (kind === 'grant' && rule) ? rule ?? '' : t(`passbook.kinds.${kind}`),
    /** Minutes × rate; what a cap left out; who decided what; why something was taken back or reckoned anew. */
    why(line: PassbookLine): string {
      const { owedMilliCredits: owed } = line
      const why = reckoning(line)
      return owed === 0 ? why : [why, t(owed > 0 ? 'passbook.owed' : 'passbook.repaid', { credits: formatCredits(Math.abs(owed)) })].filter(Boolean).join(t('passbook.andThen'))
    },
  }

  function reckoning(line: PassbookLine): string {
    const { decision } = line
    const reason = line.reason ? t(`passbook.reasons.${line.reason}` as 'passbook.reasons.cap_day') : ''
    if (line.kind !== 'award' && line.kind !== 'grant') return decision && reason ? t('passbook.explained', { reason, decision }) : decision ?? reason
    const reckoned = line.kind === 'grant'
      ? line.outcome === 'posted' ? decision ?? '' : t('passbook.decidedLess', { decision: decision ?? '', reason })
      : isByEvent(line)
        ? line.outcome === 'posted' ? t('passbook.byEvent') : t('passbook.byEventNot', { reason })
        : t(line.outcome === 'posted' ? 'passbook.reckoning' : 'passbook.clipped', {
            minutes: formatNumber(line.minutes), rate: formatCredits(line.milliCreditsPerMinute), asked: formatNumber(line.askedMinutes ?? 0), reason,
          })
    return line.recounted ? t('passbook.recounted', { reckoned, decision: line.recounted }) : reckoned
  }
}

/** No minutes were reckoned: a fixed amount each time. */
function isByEvent({ milliCreditsPerMinute, milliCredits, owedMilliCredits, outcome, reason }: PassbookLine): boolean {
  return milliCreditsPerMinute === 0 && reason !== 'no_rule_in_force' && (milliCredits !== 0 || owedMilliCredits !== 0 || outcome !== 'posted')
}
