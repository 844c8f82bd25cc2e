import { z } from 'zod'
import { readCardNumber } from '../utils/card-number'
import { Id, orNothing } from './fields'
import { HELP_RELATIONS } from '../utils/help-relations'
import { Phone } from './identity'

const Relation = z.enum(HELP_RELATIONS, { error: 'help_relation_missing' })
const Help = { help: Id('help_unknown') }

/** Who is to be helped: by name, and a number that only who knows the person knows. */
export const HelpRequest = z.object({
  name: z.string({ error: 'name_invalid' }).trim().min(1, 'name_invalid').max(40, 'name_invalid'),
  relation: Relation,
  phone: orNothing(Phone),
  card: orNothing(z.string().max(80, 'card_number_invalid').refine(typed => readCardNumber(typed) !== null, 'card_number_invalid')),
}).refine(({ phone, card }) => phone ?? card, { path: ['phone'], message: 'help_way_missing' })
export const HelpCode = z.object({ ...Help, code: z.string({ error: 'code_format' }).trim().regex(/^\d{6}$/, 'code_format') })
export const HelpAnswer = z.object({ ...Help, choice: z.enum(['agree', 'refuse'], 'choice_missing') })
export const HelpEnd = z.object(Help)

/** What staff record: `helperId` is whoever asked, or is chosen. */
export const HelpRecord = z.object({
  helperId: Id('helper_unknown'),
  relation: Relation,
  consent: z.enum(['present', 'phone', 'written'], { error: 'consent_missing' }),
})
