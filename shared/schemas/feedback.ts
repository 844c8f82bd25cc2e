import { z } from 'zod'
import { FEEDBACK_ANSWERS } from '../utils/feedback-taps'
import { Id } from './fields'

const Answer = z.enum(FEEDBACK_ANSWERS, 'choice_missing').transform(Number)

export const FeedbackSession = z.object({ session: Id('session_unknown') })
/** `person` is whom it is about: oneself, or a child in care. */
export const Feedback = z.object({ person: Id('person_unknown'), satisfied: Answer, useful: Answer, again: Answer })
