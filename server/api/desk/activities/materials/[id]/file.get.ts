import { MaterialId } from '~~/shared/schemas/materials'

/** The file of a material: a photo is shown, a PDF is a file to keep. 404 `material_unknown` | `file_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, MaterialId)
  const { database } = await requireDesk(event, 'activities')
  const { file, kind, cipher, keyId, material } = await answerOf(database.rpc('reveal_material', { of_material_id: id })) as unknown as { file: string, kind: string, cipher: string, keyId: number, material: string }
  setHeaders(event, {
    'content-type': kind,
    'content-disposition': kind === 'application/pdf' ? `attachment; filename="${material}-${id}.pdf"` : 'inline',
    'content-security-policy': 'default-src \'none\'; img-src \'self\'; style-src \'unsafe-inline\'; sandbox',
    'x-content-type-options': 'nosniff',
  })
  return openFile(file, { cipher: Buffer.from(cipher, 'base64'), keyId })
})
