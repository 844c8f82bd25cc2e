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

/** Six digits of the app; anything else is taken for a backup code. Blanks are for reading only. */
const FactorCode = z.string({ error: 'factor_code_missing' }).transform(text => text.replace(/\s/g, '')).pipe(z.string().min(6, 'factor_code_missing').max(30, 'factor_code_wrong'))
export const isAppCode = (code: string): boolean => /^\d{6}$/.test(code)
export const FactorSignIn = z.object({ code: FactorCode, next: Next })
export const FactorAct = z.discriminatedUnion('act', [
  z.object({ act: z.enum(['begin', 'codes']), password: z.string().min(1, 'password_missing').max(128, 'password_too_long'), code: z.string().optional().transform(() => '') }),
  z.object({ act: z.literal('confirm'), password: z.string().optional().transform(() => ''), code: FactorCode.refine(isAppCode, 'factor_code_wrong') }),
  z.object({ act: z.literal('end'), password: z.string().min(1, 'password_missing').max(128, 'password_too_long'), code: FactorCode.refine(isAppCode, 'factor_code_wrong') }),
], { error: 'input_invalid' })

export const Introduction = z.object({
  name: z.string({ error: 'name_invalid' }).trim().min(1, 'name_invalid').max(40, 'name_invalid'),
  sex: z.enum(['female', 'male'], { error: 'sex_missing' }),
  birthYear: z.coerce.number({ error: 'birth_year_invalid' }).int('birth_year_invalid').min(1900, 'birth_year_invalid').max(2100, 'birth_year_invalid'),
  residenceUnitId: z.coerce.number({ error: 'residence_invalid' }).int('residence_invalid').positive('residence_invalid'),
  next: Next,
})
