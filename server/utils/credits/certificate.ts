import { randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import { readPdf } from '../../privacy/pdf'

export const CERTIFICATE_BYTES = 5 * 1024 * 1024
const PHOTOS = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' } as const

/** The fields of a form and its certificate, which is told by its content and leaves here sealed; null where none came. */
export async function readCertificate(event: H3Event): Promise<{ fields: Record<string, string>, file: SealedCertificate | null }> {
  const { fields, file } = await readFormFile(event, 'file', CERTIFICATE_BYTES, 'certificate_too_large')
  return { fields, file: file && sealCertificate(file) }
}

export type SealedCertificate = ReturnType<typeof sealCertificate>

/**
 * A photo without the place and time that it was taken at, a PDF as it came.
 * @throws 422 `certificate_kind` | `certificate_active` | `certificate_locked`
 */
function sealCertificate(file: Uint8Array) {
  const { kind, content } = fileContent(file, 'certificate')
  const id = randomUUID()
  const { cipher, keyId, lookup, digest } = sealFile(id, content)
  return { id, kind, bytes: content.length, cipher: cipher.toString('base64'), keyId, lookup: lookup.toString('hex'), digest: digest.toString('base64') }
}

/**
 * What may be kept of a file, told by its content.
 * @throws 422 `…_kind` | `…_active` | `…_locked`
 */
export function fileContent(file: Uint8Array, what: 'certificate' | 'material'): { kind: string, content: Uint8Array } {
  const photo = cleanPhoto(file)
  if (photo) return { kind: PHOTOS[photo.extension], content: photo.bytes }
  const pdf = readPdf(file)
  if (pdf === 'plain') return { kind: 'application/pdf', content: file }
  throw refusal(422, pdf === null ? `${what}_kind` : `${what}_${pdf}`, { field: 'file' })
}
