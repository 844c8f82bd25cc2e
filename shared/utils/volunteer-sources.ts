// Apart from the schemas, so that no page for residents brings what checks a form.
/** Where volunteers come from (DOMAIN.md, 10). */
export const VOLUNTEER_SOURCES = ['resident', 'teacher', 'student', 'medical', 'army', 'unit_staff', 'retired_cadre', 'skilled'] as const
