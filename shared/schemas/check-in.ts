import { z } from 'zod'

/** The end of the address that a code on the screen holds; anything else is told to be none. */
export const CheckInCode = z.object({ code: z.string().max(60) })
/** Whom to mark: oneself, or somebody in one's care. */
export const CheckIn = z.object({ person: z.preprocess(value => value === '' ? undefined : value, z.coerce.number('person_unknown').int('person_unknown').positive('person_unknown').max(Number.MAX_SAFE_INTEGER, 'person_unknown').optional()) })
/** The word that is said, as it was heard: with blanks, and in the digits of any keyboard. */
export const CheckInWord = z.object({ word: z.string('check_in_word_invalid').max(40, 'check_in_word_invalid').transform(typed => typed.normalize('NFKC').replace(/[\s-]/g, '')).pipe(z.string().regex(/^\d{4}$/, 'check_in_word_invalid')) })
