import { CourseQuery } from '~~/shared/schemas/learning'

/** Published courses by category and audience, twelve a page, and what they can be filtered by. */
export default defineEventHandler(event => listCourses(event, 'course', readQuery(event, CourseQuery)))
