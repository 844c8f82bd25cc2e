// Apart from the schemas, so that no page for residents brings what checks a form.
/** The three taps. */
export const FEEDBACK_QUESTIONS = ['satisfied', 'useful', 'again'] as const
/** Yes, so so, no. */
export const FEEDBACK_ANSWERS = ['3', '2', '1'] as const
