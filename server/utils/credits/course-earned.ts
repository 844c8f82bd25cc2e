import type { H3Event } from 'h3'
import type { CourseEarned, Earned } from '~~/shared/types/watching'
import type { Session } from '../identity/session'

/** What a lesson brought as the database answers it: of the course as it stands in the ledger. */
export interface EarnedRow extends Omit<Earned, 'course'> { course?: CourseEarned }

/** An answer about a lesson, with what finishing the course brought in words. */
export function withCourseEarned<T extends { earned?: EarnedRow | null }>(event: H3Event, answer: T): Omit<T, 'earned'> & { earned?: Earned | null } {
  const { earned } = answer
  return { ...answer, earned: earned && { ...earned, course: earned.course && inWords(event, earned.course) } }
}

/** What the course brought when this lesson of the asker's finished it; null where it did not. */
export async function courseEarnedBy(event: H3Event, session: Session, lessonId: number): Promise<string | null> {
  const whole = await answerOf(session.database.rpc('course_earned', { lesson_id: lessonId })) as unknown as CourseEarned | null
  return whole && inWords(event, whole)
}

const inWords = (event: H3Event, whole: CourseEarned) => courseEarnedWords(bankTranslator(event), lineTranslator(event), preferencesOf(event).lang, whole)
