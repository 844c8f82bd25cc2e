import { z } from 'zod'
import { RECORD_KINDS } from '../utils/record-kinds'
import { Id } from './fields'

export const RecordRequest = z.object({
  session: Id('session_unknown'),
  person: Id('person_not_yours'),
  kind: z.enum(RECORD_KINDS, { error: 'record_kind_missing' }),
  words: z.string({ error: 'record_words_missing' }).trim().min(4, 'record_words_missing').max(300, 'record_words_missing'),
})
export const RecordRequestId = z.object({ id: Id('record_request_unknown') })
export const RecordAnswer = z.object({
  choice: z.enum(['change', 'keep'], { error: 'choice_missing' }),
  answer: z.string({ error: 'reason_missing' }).trim().min(2, 'reason_missing').max(200, 'reason_missing'),
})
