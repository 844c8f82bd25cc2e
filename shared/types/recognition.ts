export type CaseState = 'open' | 'asked' | 'split' | 'objected' | 'recognised' | 'declined' | 'withdrawn' | 'doubted' | 'annulled'

/** What a reviewer is told of a case besides what the applicant wrote: public.recognition_case(). */
export interface CaseAtDesk {
  applicant: { id: number, name: string, birthYear: number | null, home: string }
  isOwn: boolean
  isBodyKnown: boolean
  files: { id: string, kind: string, bytes: number, uploadedAt: string, deletedAt: string | null }[]
  /** What the table of pairs proposes. */
  pair: { id: number, words: string, level: string, milliCredits: number, category: string } | null
  doubles: { case: number, why: 'same_number' | 'same_paper' | 'same_file', state: CaseState, samePerson: boolean, isMine: boolean }[]
  proposals: number
  /** Others' only once the round is over. */
  reviewers: {
    round: number
    decides: boolean
    accepts: boolean
    milliCredits: number | null
    category: string | null
    reason: string
    doubleReason: string | null
    at: string
    name: string
    isMe: boolean
  }[]
  /** Who said that the certificate is false, and what another one decided. */
  doubts: {
    reason: string
    at: string
    name: string
    isMe: boolean
    agrees: boolean | null
    decision: string | null
    decidedAt: string | null
    decidedBy: string | null
    decidedByMe: boolean
  }[]
}
