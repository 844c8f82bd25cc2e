import { CourseQuery } from '~~/shared/schemas/learning'

/** Published micro-lectures by category and audience, twelve a page, and what they can be filtered by. */
export default defineEventHandler(event => listCourses(event, 'micro_lecture', readQuery(event, CourseQuery)))
