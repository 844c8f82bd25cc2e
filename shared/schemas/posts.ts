import { z } from 'zod'
import { Day, orNothing, Unit } from './fields'

const empty = (value: unknown) => value === '' || value === undefined ? null : value
const Role = z.string({ error: 'post_role_unknown' }).regex(/^[a-z_]{1,40}$/, 'post_role_unknown')

export const PostsQuery = z.object({
  unit: orNothing(Unit),
  name: z.string().trim().max(40, 'name_too_long').default(''),
  role: z.preprocess(value => value === '' ? undefined : value, Role.optional().catch(undefined)),
  past: z.preprocess(value => value === 'yes' || value === 'true', z.boolean()),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
})
export const CandidatesQuery = z.object({ unit: orNothing(Unit), name: z.string().trim().max(40, 'name_too_long').default('') })

export const PostGrant = z.object({
  person: z.coerce.number({ error: 'person_unknown' }).int('person_unknown').positive('person_unknown'),
  unit: Unit,
  role: Role,
  employment: z.preprocess(empty, z.enum(['full_time', 'part_time']).nullable()),
  from: Day('post_day_missing'),
  to: z.preprocess(empty, Day('post_day_missing').nullable()),
})
export const PostEnd = z.object({ post: z.coerce.number().int().positive(), lastDay: Day('post_day_missing') })

/** Names or codes of places, between commas, semicolons or lines. */
export const PostPlaces = z.object({
  post: z.coerce.number({ error: 'post_unknown' }).int('post_unknown').positive('post_unknown'),
  places: z.string().max(2000, 'post_places_many').default('').transform(text => [...new Set(text.split(/[、，,;；\n]/).map(one => one.trim()).filter(Boolean))]),
})

/** What may be done with somebody's account. */
export const AccountAct = z.object({
  act: z.enum(['create', 'reset', 'disable', 'enable', 'end_sessions', 'reset_factor'], { error: 'input_invalid' }),
  username: z.string().trim().toLowerCase().max(40).optional(),
})

/** How staff sign in: whose role asks for a second factor, how old a password gets, how many are remembered. */
export const SignInRules = z.looseObject({
  passwordDays: z.coerce.number({ error: 'password_days_invalid' }).int('password_days_invalid').refine(days => days === 0 || (days >= 30 && days <= 720), 'password_days_invalid'),
  passwordsKept: z.coerce.number({ error: 'passwords_kept_invalid' }).int('passwords_kept_invalid').min(1, 'passwords_kept_invalid').max(24, 'passwords_kept_invalid'),
}).transform(({ passwordDays, passwordsKept, ...rest }) => ({
  passwordDays, passwordsKept,
  // A box ticked is a field of its own, `role.<id>`.
  roles: Object.keys(rest).flatMap(name => /^role\.([a-z_]{1,40})$/.exec(name)?.[1] ?? []),
}))

/** Letters large and small, digits, other signs: three of the four, ten at least. */
export const StaffPassword = z.string({ error: 'password_too_short' }).min(10, 'password_too_short').max(128, 'password_too_long')
  .refine(password => [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter(kind => kind.test(password)).length >= 3, 'password_too_plain')
export const PasswordChange = z.object({ current: z.string().min(1, 'password_missing').max(128, 'password_too_long'), password: StaffPassword, again: z.string().max(200) })
  .refine(({ password, again }) => password === again, { message: 'password_differs', path: ['again'] })
  .refine(({ password, current }) => password !== current, { message: 'password_same', path: ['password'] })
