import { CertificatesQuery } from '~~/shared/schemas/credentials'
import { certificateDrawing } from '../../../../credentials/print/certificate'

const AT_ONCE = 200
/** More than any hall holds. */
const MOST = 2_000

/** All valid certificates that the desk looks for, a sheet each, for a ceremony: read and drawn as the download goes. 404 `none_to_print`. */
export default defineEventHandler(async (event) => {
  const { unit: code, page: _page, ...asked } = readQuery(event, CertificatesQuery)
  const desk = await requireDesk(event, 'names')
  const { unit } = await requireUnit(desk, code, 'names')
  const read = (skip: number) => certificatesOf(desk.database, unit.id, asked, { onlyLive: true, size: AT_ONCE, skip })
  const first = await read(0)
  if (!first.certificates.some(({ kind }) => kind !== 'transcript')) throw refusal(404, 'none_to_print')
  async function* sheets() {
    for (let skip = 0, { certificates } = first; certificates.length && skip < MOST; skip += AT_ONCE, { certificates } = await read(skip)) {
      for (const certificate of certificates) if (certificate.kind !== 'transcript') yield certificateDrawing(toDraw(event, certificate))
    }
  }
  return sendSheets(event, sheets(), `${unit.name} 证书`, `${unit.name}-证书-${chinaToday()}.pdf`)
})
