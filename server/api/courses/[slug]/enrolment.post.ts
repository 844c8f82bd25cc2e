import { CourseSlug, Enrolment } from '~~/shared/schemas/learning'

/** Joins a course; joining again changes nothing. 401 `sign_in_needed`, 403 `introduction_needed` | `password_change_needed`, 404 `course_unknown`. */
export default formHandler(async (event) => {
  const { slug } = readParams(event, CourseSlug)
  const { next } = await readInput(event, Enrolment)
  const here = localPath(next ?? `/courses/${slug}`)
  const session = await currentSession(event)
  const again = encodeURIComponent(`${here}${here.includes('?') ? '&' : '?'}join=1`)
  // A plain form goes where the answer is: to sign in, to introduce oneself, and then back here, where `join`
  // asks for one more press: an address alone changes nothing.
  if (!session && isFormPost(event)) return { enrolledAt: null, next: `/sign-in?next=${again}` }
  if (!session) throw refusal(401, 'sign_in_needed')
  if (session.passwordChange) throw refusal(403, 'password_change_needed')
  const { data: enrolledAt, error } = await session.database.rpc('enrol', { course_slug: slug })
  if (error?.message === 'introduction_needed' && isFormPost(event)) return { enrolledAt: null, next: `/welcome?next=${again}` }
  if (error) throw databaseRefusal(error)
  return { enrolledAt, next: here }
}, (_event, { next }) => next)
