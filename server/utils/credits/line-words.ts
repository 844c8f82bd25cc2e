import type zh from '../../../i18n/bank/told/zh-CN.json'
import { formatCredits, formatDate, formatNumber } from '../../../shared/utils/format'
import type { MessageKeys, Translate } from '../../../shared/utils/translator'

type Lang = 'zh-CN' | 'en'

/** As private.posting_ground() answers. */
export interface PostingGround {
  kind: 'lesson' | 'session' | 'class' | 'service' | 'record' | 'reward' | 'award' | 'recognition' | 'decision'
  zh?: string | null
  en?: string | null
  day?: string
  /** Of an activity. */
  code?: string
  host?: string | null
  /** Whether a list named it. */
  listed?: boolean
  /** How the hold of a reward ended. */
  ended?: string
  /** Of a recognised certificate. */
  case?: number
  /** On what ground two of the staff decided. */
  why?: string
  /** When what is taken back had been posted. */
  postedOn?: string
}

/** A line of the account as the database tells it, before it is put into words. */
export interface LineFacts {
  kind: string
  outcome: string
  reason: string | null
  decision: string | null
  recounted: string | null
  rule: string | null
  ground: PostingGround | null
  isOthers: boolean
  askedMinutes: number | null
  minutes: number
  milliCreditsPerMinute: number
  milliCredits: number
  owedMilliCredits: number
}

/** A line of an account in words: what it is for, and why it is as much as it is. */
export function lineWords(t: Translate<MessageKeys<typeof zh>>, lang: Lang) {
  return {
    what(line: LineFacts): string {
      const { kind, rule, ground } = line
      if (kind === 'award' || (kind === 'grant' && rule)) return rule ?? ''
      return t(`kinds.${kind}` as 'kinds.reversal', { rule: rule ?? '', date: ground?.postedOn ? formatDate(ground.postedOn, lang) : '' })
    },
    /** Minutes × rate; what a cap left out; who decided what; why something was taken back or reckoned anew. */
    why(line: LineFacts): string {
      const { owedMilliCredits: owed } = line
      const why = line.isOthers ? t('others') : reckoning(line)
      return owed === 0 ? why : [why, t(owed > 0 ? 'owed' : 'repaid', { credits: formatCredits(Math.abs(owed)) })].filter(Boolean).join(t('andThen'))
    },
  }

  function reckoning(line: LineFacts): string {
    const { kind, recounted } = line
    const decision = line.decision ?? ''
    const reason = reasonOf(line)
    if (kind === 'application') return t('used')
    if (kind === 'hold') return t('setAside')
    if (kind === 'collection') return t('collected')
    if (kind !== 'award' && kind !== 'grant') return decision && reason ? t('explained', { reason, decision }) : decision || reason
    const reckoned = kind === 'grant' ? decided(line, decision, reason) : counted(line, reason)
    return recounted ? t('recounted', { reckoned, decision: recounted }) : reckoned
  }

  function decided({ outcome, ground }: LineFacts, decision: string, reason: string): string {
    const said = ground?.kind === 'recognition' ? t('recognised', { decision }) : ground?.why ? t(`decisions.${ground.why}` as 'decisions.on_appeal', { decision }) : decision
    return outcome === 'posted' ? said : t('decidedLess', { decision: said, reason })
  }

  function counted(line: LineFacts, reason: string): string {
    const { outcome } = line
    if (isByEvent(line)) return outcome === 'posted' ? t('byEvent', { credits: formatCredits(line.milliCredits - line.owedMilliCredits) }) : t('byEventNot', { reason })
    const values = { minutes: formatNumber(line.minutes), rate: formatCredits(line.milliCreditsPerMinute), asked: formatNumber(line.askedMinutes ?? 0), reason }
    return t(outcome === 'posted' ? 'reckoning' : outcome === 'refused' ? 'notCounted' : 'clipped', values)
  }

  /** Why less counted, or something was taken back; why a reward that was set aside came back. */
  function reasonOf({ kind, reason, ground }: LineFacts): string {
    const code = reason ?? (kind === 'release' && ground?.ended ? `hold_${ground.ended}` : null)
    return code ? t(`reasons.${code}` as 'reasons.cap_day') : ''
  }
}

/** No minutes were reckoned: a fixed amount each time. */
function isByEvent({ milliCreditsPerMinute, milliCredits, owedMilliCredits, outcome, reason }: LineFacts): boolean {
  return milliCreditsPerMinute === 0 && (reason === null || reason.startsWith('cap_')) && (milliCredits !== 0 || owedMilliCredits !== 0 || outcome !== 'posted')
}
