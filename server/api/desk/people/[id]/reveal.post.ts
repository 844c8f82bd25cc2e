import { PersonId, Reveal } from '~~/shared/schemas/people'

/**
 * The number itself, once, for whoever gives a reason, which is logged before it is answered. Not for plain forms: the answer
 * would be a page of the browser's history. 422 `reason_missing` | `note_missing` | `reveal_needs_scripts`, 429 `reveal_limit`.
 */
export default formHandler(async (event) => {
  if (isFormPost(event)) throw refusal(422, 'reveal_needs_scripts')
  const { id } = readParams(event, PersonId)
  const { kind, reason, note } = await readInput(event, Reveal)
  const { database } = await requireDesk(event, 'people')
  const { cipher, keyId } = await answerOf(database.rpc('reveal_contact', { of_person_id: id, kind, reason, note })) as unknown as { cipher: string, keyId: number }
  return { value: openContact(kind, { cipher: Buffer.from(cipher, 'base64'), keyId }) }
}, event => localPath(getHeader(event, 'referer')))
