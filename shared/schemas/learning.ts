import { z } from 'zod'

const Slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).max(80)
const Word = z.string().regex(/^[a-z_]{1,40}$/, 'filter_unknown')
/** An empty choice of a select is no choice. */
const chosen = <T extends z.ZodType>(schema: T) => z.preprocess(value => value === '' ? undefined : value, schema.optional())

export const CourseQuery = z.object({
  category: chosen(Word),
  audience: chosen(Word),
  page: z.coerce.number().int().min(1).max(1000).catch(1).default(1),
})
export const CourseSlug = z.object({ slug: Slug })
export const LessonSlugs = z.object({ slug: Slug, lesson: Slug })
/** Where a form sent without scripts goes on. */
export const Enrolment = z.object({ next: z.string().max(300).optional() })
