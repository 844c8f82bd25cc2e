import { CaseFileLook, CaseId } from '~~/shared/schemas/recognition'

/**
 * The certificate itself, for whoever sees to the case and says why, which is logged before it is answered. Nothing in it can run:
 * a photo is shown, a PDF is a file to keep. 403 `own_case`, 404 `file_unknown`, 410 `file_deleted`, 422 `reason_missing` | `note_missing`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, CaseId)
  const { file, reason, note } = await readInput(event, CaseFileLook)
  const { database } = await requireDesk(event, 'approval')
  const { kind, cipher, keyId } = await answerOf(database.rpc('reveal_recognition_file', { file_id: file, reason, note })) as unknown as { kind: string, cipher: string, keyId: number }
  setHeader(event, 'content-type', kind)
  setHeader(event, 'content-disposition', kind === 'application/pdf' ? `attachment; filename="case-${id}.pdf"` : 'inline')
  setHeader(event, 'content-security-policy', 'default-src \'none\'; img-src \'self\'; style-src \'unsafe-inline\'; sandbox')
  setHeader(event, 'x-content-type-options', 'nosniff')
  setHeader(event, 'cache-control', 'private, no-store')
  return openFile(file, { cipher: Buffer.from(cipher, 'base64'), keyId })
}, () => undefined)
