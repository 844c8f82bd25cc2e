import { z } from 'zod'

const Id = (code: string) => z.coerce.number({ error: code }).int(code).positive(code).max(Number.MAX_SAFE_INTEGER, code)
const chosen = <T extends z.ZodType>(schema: T) => z.preprocess(value => value === '' ? undefined : value, schema.optional())
const Word = z.string().regex(/^[a-z_]{1,40}$/, 'filter_unknown')

export const ACTIVITY_DAYS = ['today', 'week', 'weekend', 'date'] as const

/** What an address asks for; a wrong day or page is as if none was asked for. */
export const ActivityQuery = z.object({
  day: chosen(z.enum(ACTIVITY_DAYS)).catch(undefined),
  date: chosen(z.iso.date()).catch(undefined),
  /** `near`: where the asker lives; else a place or school by its code. */
  place: chosen(z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown')),
  category: chosen(Word),
  form: chosen(Word),
  audience: chosen(Word),
  free: z.preprocess(value => value === 'yes', z.boolean()),
  words: z.string().trim().max(40).catch('').default(''),
  page: z.coerce.number().int().min(1).max(1000).catch(1).default(1),
})
export type ActivityQuery = z.infer<typeof ActivityQuery>
export const ActivityCode = z.object({ code: z.string().regex(/^[2-9a-hjkmnp-z]{8}$/) })

const PERSON = /^person-(\d{1,15})$/
/** Who signs up comes as one field a person, `person-12: yes`: a form without scripts sends each ticked box by its own name. */
export const SignUp = z.looseObject({ pool: Id('activity_unknown'), choose: z.literal('yes').optional() })
  .transform(({ pool, choose, ...fields }) => ({ pool, choose, people: Object.keys(fields).flatMap(name => PERSON.exec(name)?.[1] ?? []).map(Number) }))
/** `together`: children who would be left alone go along. */
export const SignUpCancellation = z.object({ signup: Id('signup_unknown'), together: z.literal('yes').optional() })
export const OfferAnswer = z.object({ signup: Id('signup_unknown'), choice: z.enum(['take', 'decline'], 'choice_missing') })
export const SessionSwap = z.object({ signup: Id('signup_unknown'), pool: Id('session_unknown') })
const SIGNUP = /^signup-(\d{1,15})$/
/** Whose seats go back comes as one field each, `signup-12: yes`, as a form without scripts sends ticked boxes. */
export const SeatsBack = z.looseObject({}).transform(fields => ({ signups: Object.keys(fields).flatMap(name => SIGNUP.exec(name)?.[1] ?? []).map(Number) }))
export const SessionLeave = z.object({ signup: Id('signup_unknown'), session: Id('session_unknown'), away: z.enum(['yes', 'no'], 'choice_missing') })
export const NoticesRead = z.object({ until: Id('notice_unknown') })
export const CalendarAct = z.object({ act: z.enum(['renew', 'end'], 'choice_missing') })
/** A month of one's own calendar; a wrong one is as if none was asked for. */
export const CalendarMonth = z.object({ month: chosen(z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/)).catch(undefined) })
/** The secret of a calendar's address. */
export const CalendarKey = z.object({ key: z.string().regex(/^[0-9a-f]{64}$/) })
