import { z } from 'zod'

// Fields that many forms and addresses have. Each message is the code of a refusal.

export const Id = (code: string) => z.coerce.number({ error: code }).int(code).positive(code).max(Number.MAX_SAFE_INTEGER, code)
/** A day of the calendar, as 2026-02-28. */
export const Day = (code: string) => z.iso.date(code)
/** A name in English. It may be left out: `named` puts the Chinese one in its place, so that nobody must write a language they don't. */
export const EnglishName = (code: string, max: number) => z.string(code).trim().max(max, code).default('')
export const named = <T extends { zh: string, en: string }>(given: T): T => given.en ? given : { ...given, en: given.zh }
/** The code of a unit. */
export const Unit = z.string('unit_unknown').regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown')
/** A field of a form that was sent empty is one that was left out. */
export const orNothing = <T extends z.ZodType>(schema: T) => z.preprocess(value => typeof value === 'string' && value.trim() === '' ? undefined : value, schema.optional())
/** A field that may be empty, which is null; anything else is judged by the schema, with its own words. */
export const orNull = <T extends z.ZodType>(schema: T) => z.preprocess(value => typeof value === 'string' && value.trim() === '' ? null : value, schema.nullable())
