import { z } from 'zod'

// Each message is the code of a refusal (i18n/desk/*/network.json).

const Code = z.string({ error: 'unit_unknown' }).trim().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown')
const Day = z.string({ error: 'unit_day_missing' }).trim().regex(/^\d{4}-\d{2}-\d{2}$/, 'unit_day_missing')
  .refine(text => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false, 'unit_day_missing')
/** An empty field of a form is one that is not known. */
const empty = (value: unknown) => value === '' || value === undefined ? null : value
const Text = (most: number, code: string) => z.preprocess(empty, z.string().trim().max(most, code).nullable())
const Count = (most: number) => z.preprocess(empty, z.coerce.number({ error: 'unit_number_invalid' }).int('unit_number_invalid').min(0, 'unit_number_invalid').max(most, 'unit_number_invalid').nullable())
const choice = <T extends string>(values: readonly T[]) => z.preprocess(empty, z.enum(values).nullable())
// A list from JSON; a plain form sends its boxes joined by commas.
const List = (each: z.ZodType<string>, most = 2000, code?: string) => z.preprocess(value => typeof value === 'string' ? value.split(',').filter(Boolean) : value ?? [], z.array(each).max(most, code))

const ZONES = ['experimental', 'demonstration'] as const
const ZONE_LEVELS = ['national', 'provincial', 'city', 'county'] as const
const KIND = /^[a-z_]{1,40}$/

const Details = {
  name: z.string({ error: 'unit_name_invalid' }).trim().min(2, 'unit_name_invalid').max(60, 'unit_name_invalid'),
  localName: Text(60, 'unit_local_name_invalid'),
  kind: z.string({ error: 'unit_kind_invalid' }).regex(KIND, 'unit_kind_invalid'),
  furtherKinds: List(z.string().regex(KIND, 'unit_kinds_invalid')),
  area: choice(['urban', 'rural']),
  shouldBuild: z.preprocess(value => value === true || value === 'yes' || value === 'true', z.boolean()),
  hostBody: Text(80, 'unit_text_too_long'),
  address: Text(120, 'unit_text_too_long'),
  phone: Text(40, 'unit_text_too_long'),
  summary: Text(600, 'unit_text_too_long'),
  rooms: Count(1000),
  computers: Count(10_000),
  standardMet: choice(['yes', 'no']),
  zoneStatus: choice(ZONES),
  zoneLevel: choice(ZONE_LEVELS),
  contactRole: z.preprocess(empty, z.string().regex(KIND).nullable()),
}

// Boxes of a form are named further.<kind>.
const withBoxes = (body: unknown) => body && typeof body === 'object' && !('furtherKinds' in body)
  ? { ...body, furtherKinds: Object.keys(body).filter(name => name.startsWith('further.')).map(name => name.slice('further.'.length)) }
  : body

export const UnitForm = z.preprocess(withBoxes, z.object({ ...Details, mode: z.enum(['changed', 'corrected'], { error: 'unit_mode_missing' }), day: Day, openedOn: z.preprocess(empty, Day.nullable()) }))
export const NewUnitForm = z.preprocess(withBoxes, z.object({ ...Details, code: z.string({ error: 'unit_code_invalid' }).trim().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_code_invalid'),
  level: choice(['county', 'township', 'village']), day: Day }))
export type UnitDetails = z.infer<z.ZodObject<typeof Details>>

export const ActName = z.enum(['move', 'close', 'merge', 'split'])

/** Who is ticked in the form of a split: boxes named `c.<unit>` and `p.<person>`, short because there may be thousands. */
const withParts = (body: unknown) => {
  if (!body || typeof body !== 'object') return body
  const ticked = (mark: string) => Object.keys(body).filter(name => name.startsWith(mark)).map(name => name.slice(mark.length))
  return { children: ticked('c.'), residents: ticked('p.'), ...body }
}

/** An act on the tree, as a form; but for a split also as the address of its preview. */
export const UnitAct = z.preprocess(withParts, z.object({
  act: ActName,
  day: Day,
  /** Move: the new parent. Close: where what is left goes. */
  to: z.preprocess(empty, Code.nullable()),
  /** Merge: the units that end. */
  from: List(Code),
  newCode: z.preprocess(empty, z.string().trim().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_code_invalid').nullable()),
  newName: z.preprocess(empty, z.string().trim().max(60, 'unit_name_invalid').nullable()),
  children: List(Code),
  residents: List(z.string().regex(/^\d{1,15}$/, 'unit_split_unknown_part'), 4000, 'unit_split_too_many'),
}))
/** The same while it is only being looked at: anything may be missing. */
export const ActFields = z.record(z.string(), z.union([z.string().max(100_000), z.array(z.string())]))
export type UnitAct = z.infer<typeof UnitAct>

export const AsOfQuery = z.object({ unit: z.preprocess(value => value === '' ? undefined : value, Code.optional()), on: z.preprocess(value => value === '' ? undefined : value, Day.optional().catch(undefined)) })
export const PlanForm = z.object({ plan: z.coerce.number().int().positive() })
