import { PersonId, Reveal } from '~~/shared/schemas/people'

/**
 * The number itself, once, for whoever gives a reason, which is logged before it is answered. Not for plain forms: the answer
 * would stay in the browser's history. 422 `reason_missing` | `note_missing`, 429 `reveal_limit`.
 */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { kind, reason, note } = await readInput(event, Reveal)
  const { database } = await requireDesk(event, 'people')
  const { cipher, keyId } = await answerOf(database.rpc('reveal_contact', { of_person_id: id, kind, reason, note })) as unknown as { cipher: string, keyId: number }
  return { value: openContact(kind, { cipher: Buffer.from(cipher, 'base64'), keyId }) }
})
