import { z } from 'zod'
import { Id } from './fields'

/** The three taps. */
export const FEEDBACK_QUESTIONS = ['satisfied', 'useful', 'again'] as const
/** Yes, so so, no. */
export const FEEDBACK_ANSWERS = ['3', '2', '1'] as const
const Answer = z.enum(FEEDBACK_ANSWERS, 'choice_missing').transform(Number)

export const FeedbackSession = z.object({ session: Id('session_unknown') })
/** `person` is whom it is about: oneself, or a child in care. */
export const Feedback = z.object({ person: Id('person_unknown'), satisfied: Answer, useful: Answer, again: Answer })
