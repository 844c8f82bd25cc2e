import { SessionId, SheetFile } from '~~/shared/schemas/desk-activities'

/** The photo of a signed sheet, for staff of the host; that somebody looked is logged before it is answered. 404 `file_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { file } = await readInput(event, SheetFile)
  const { database } = await requireDesk(event, 'people')
  const { kind, cipher, keyId } = await answerOf(database.rpc('open_sheet', { of_session_id: id, file_id: file })) as unknown as { kind: string, cipher: string, keyId: number }
  setHeader(event, 'content-type', kind)
  setHeader(event, 'content-disposition', 'inline')
  setHeader(event, 'content-security-policy', 'default-src \'none\'; img-src \'self\'; style-src \'unsafe-inline\'; sandbox')
  setHeader(event, 'cache-control', 'private, no-store')
  return openFile(file, { cipher: Buffer.from(cipher, 'base64'), keyId })
}, () => undefined)
