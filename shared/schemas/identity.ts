import { z } from 'zod'

// Each message is the code of a refusal, so that form and API say the same (i18n `errors.<code>`).

export const Phone = z.string().trim().transform(text => text.replace(/[\s-]/g, '').replace(/^(\+?86)/, ''))
  .pipe(z.string().regex(/^1[3-9]\d{9}$/, 'phone_invalid'))

export const CodeRequest = z.object({ phone: Phone })

/** Where to go after signing in: a path of this site. */
const Next = z.string().max(300).optional()

export const PhoneSignIn = z.object({
  phone: Phone,
  code: z.string().trim().regex(/^\d{6}$/, 'code_format'),
  next: Next,
})

export const StaffSignIn = z.object({
  username: z.string().trim().toLowerCase().regex(/^[a-z0-9_.]{3,30}$/, 'username_invalid'),
  password: z.string().min(1, 'password_missing').max(128, 'password_too_long'),
  next: Next,
})

export const Introduction = z.object({
  name: z.string({ error: 'name_invalid' }).trim().min(1, 'name_invalid').max(40, 'name_invalid'),
  sex: z.enum(['female', 'male'], { error: 'sex_missing' }),
  birthYear: z.coerce.number({ error: 'birth_year_invalid' }).int('birth_year_invalid').min(1900, 'birth_year_invalid').max(2100, 'birth_year_invalid'),
  residenceUnitId: z.coerce.number({ error: 'residence_invalid' }).int('residence_invalid').positive('residence_invalid'),
  next: Next,
})
