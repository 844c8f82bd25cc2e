import { z } from 'zod'
import { EnglishName, Id, named, Unit } from './fields'

/** Levels that the form of a scheme has room for, and subjects for each. */
export const MOST_LEVELS = 8
export const MOST_MINIMA = 2

const Page = z.coerce.number().int().min(1).max(100_000).catch(1)
const CREDITS = /^\d{1,6}(\.\d{1,3})?$/

export const HonourConsent = z.object({ choice: z.enum(['yes', 'no'], 'choice_missing') })
export const BoardQuery = z.object({ unit: Unit.optional().catch(undefined), page: Page })

export const HonouredQuery = z.object({
  unit: Unit.optional().catch(undefined),
  rank: z.coerce.number().int().min(1).max(10).catch(1),
  from: z.iso.date().optional().catch(undefined),
  until: z.iso.date().optional().catch(undefined),
  name: z.string().trim().max(60).catch(''),
  page: Page,
})

type Minimum = { category: string, milliCredits: number }
/** A subject and its credits, by the names of their fields `<stem>.<number>` and `<stem>Credits.<number>`; neither is nothing. */
function minimumOf(given: Record<string, string | undefined>, subject: string, credits: string, context: z.RefinementCtx): Minimum | undefined {
  const [category, amount] = [given[subject]?.trim() ?? '', given[credits]?.trim() ?? '']
  if (!category && !amount) return
  if (/^[a-z_]{1,40}$/.test(category) && CREDITS.test(amount) && Number(amount) > 0) return { category, milliCredits: Math.round(Number(amount) * 1000) }
  context.addIssue({ code: 'custom', message: 'minimum_invalid', path: [category ? credits : subject] })
}

/** The rows of the form: `zh.1`, `en.1`, `credits.1`, `subject.1.1`, `subjectCredits.1.1` …; a row without a name is none. */
export const HonourScheme = z.looseObject({ fromDay: z.iso.date('day_invalid') }).transform((given, context) => {
  const fields = given as Record<string, string | undefined> & { fromDay: string }
  const levels = Array.from({ length: MOST_LEVELS }, (_, index) => index + 1).flatMap((row) => {
    const [zh, en, credits] = [fields[`zh.${row}`]?.trim() ?? '', fields[`en.${row}`]?.trim() ?? '', fields[`credits.${row}`]?.trim() ?? '']
    if (!zh && !en && !credits) return []
    if (!zh || zh.length > 30) context.addIssue({ code: 'custom', message: 'name_missing', path: [`zh.${row}`] })
    if (en.length > 60) context.addIssue({ code: 'custom', message: 'name_missing', path: [`en.${row}`] })
    if (!CREDITS.test(credits) || Number(credits) <= 0) context.addIssue({ code: 'custom', message: 'level_invalid', path: [`credits.${row}`] })
    const minima = Array.from({ length: MOST_MINIMA }, (_, place) => minimumOf(fields, `subject.${row}.${place + 1}`, `subjectCredits.${row}.${place + 1}`, context)).filter(one => one !== undefined)
    return [{ ...named({ zh, en }), milliCredits: Math.round(Number(credits) * 1000), minima }]
  })
  return { fromDay: fields.fromDay, levels }
})
export const HonourSchemeId = z.object({ scheme: z.coerce.number().int().positive() })

export const AwardApplication = z.object({ award: Id('award_unknown') })
export const ApplicationId = z.object({ application: Id('application_unknown') })
export const AwardsQuery = z.object({ unit: Unit.optional().catch(undefined), state: z.enum(['asked', 'approved', 'refused', 'withdrawn', 'taken_back']).catch('asked'), page: Page })
export const ApplicationFor = z.object({ award: Id('award_unknown'), person: Id('person_unknown'), unit: Unit })
export const ApplicationDecision = z.object({
  application: Id('application_unknown'), decision: z.enum(['approve', 'refuse', 'take_back'], 'decision_missing'), reason: z.string().trim().max(300, 'refusal_reason_missing').default(''),
})
export const CreditAward = z.looseObject({
  unit: Unit,
  zh: z.string().trim().min(1, 'name_missing').max(60, 'name_missing'),
  en: EnglishName('name_missing', 120),
  credits: z.string().trim().regex(CREDITS, 'amount_invalid').refine(credits => Number(credits) > 0, 'amount_invalid'),
  fromDay: z.iso.date('day_invalid'),
}).transform(({ unit, zh, en, credits, fromDay, ...rest }, context) => ({
  unit, ...named({ zh, en }), fromDay, milliCredits: Math.round(Number(credits) * 1000),
  minima: Array.from({ length: MOST_MINIMA }, (_, place) => minimumOf(rest as Record<string, string | undefined>, `subject.${place + 1}`, `subjectCredits.${place + 1}`, context)).filter(one => one !== undefined),
}))
export const AwardEnd = z.object({ award: Id('award_unknown'), unit: Unit })
