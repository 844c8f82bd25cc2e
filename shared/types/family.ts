import type { HelpRelation } from '../utils/help-relations'

export type HelpConsent = 'code' | 'own' | 'present' | 'phone' | 'written'

/** Somebody who helps, or is helped: `helps` where the reader is the helper. */
export interface Help { id: number, name: string, relation: HelpRelation, helps: boolean, agreed: HelpConsent | null, since: string, code: 'sent' | 'expired' | null }

/** Who helps a person, as the desk sees it. */
export interface DeskHelp {
  id: number
  helperId: number
  name: string
  relation: HelpRelation
  consent: HelpConsent | null
  askedAt: string
  consentAt: string | null
  endedAt: string | null
}
