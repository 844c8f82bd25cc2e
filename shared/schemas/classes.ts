import { z } from 'zod'
import { Day, Id, orNothing, Unit } from './fields'

/** Numbers of people by commas, as a hidden field holds them; the database refuses more than 200. */
const People = z.string('people_invalid').regex(/^(?:\d{1,15}(?:,\d{1,15}){0,399})?$/, 'people_invalid')
  .transform(list => list === '' ? [] : list.split(',').map(Number))

/** A class and who came, as the form sends it: day and clock of China. */
export const ClassEntry = z.object({
  unit: Unit,
  title: z.string('class_title_missing').trim().min(2, 'class_title_missing').max(60, 'class_title_missing'),
  category: z.string('category_unknown').regex(/^[a-z_]{1,40}$/, 'category_unknown'),
  date: Day('date_missing'),
  start: z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing'),
  minutes: z.coerce.number('minutes_invalid').int('minutes_invalid').min(1, 'minutes_invalid').max(720, 'minutes_invalid'),
  venue: z.string().trim().max(60, 'venue_too_long').default(''),
  people: People.refine(list => list.length > 0, 'people_invalid'),
  /** Said of a class of the same title on the same day: it is another one. */
  another: z.preprocess(value => value === 'yes' || value === true, z.boolean()),
})
export type ClassEntry = z.infer<typeof ClassEntry>

export const ClassesQuery = z.object({ unit: orNothing(Unit).catch(undefined), page: z.coerce.number().int().min(1).max(10_000).catch(1) })
/** `like`: the register whose class and people are taken over. */
export const ClassFormQuery = z.object({ unit: orNothing(Unit), like: orNothing(Id('class_unknown')) })
/** Who may be meant by what was typed, and the names of those chosen. */
export const ClassSearch = z.object({ find: z.string().trim().max(60, 'name_too_long').default(''), people: People.default([]) })
export const ClassId = z.object({ id: Id('class_unknown') })
export const ClassCorrection = z.object({
  record: Id('participation_unknown'),
  reason: z.string('correction_reason_missing').trim().min(2, 'correction_reason_missing').max(200, 'correction_reason_missing'),
})
