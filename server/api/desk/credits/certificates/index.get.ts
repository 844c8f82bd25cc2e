import { CertificatesQuery } from '~~/shared/schemas/credentials'

const PAGE = 50

/** Certificates of a unit, issued there or to who lived there, with whose name can't be printed. 403 `names_hidden` | `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, page, ...asked } = readQuery(event, CertificatesQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, code, 'names')
  const [{ total, certificates }, titles] = await Promise.all([
    certificatesOf(desk.database, unit.id, asked, { size: PAGE, skip: (page - 1) * PAGE }), answerOf(desk.database.rpc('credential_titles', { in_unit_id: unit.id })),
  ])
  const { missingCharacters } = await import('../../../../credentials/print/fonts')
  return {
    unit, trail, total, page, pages: Math.max(1, Math.ceil(total / PAGE)), asked,
    titles: titles.map(({ kind, title, issued }) => ({ kind: kind as 'course', title: title!, issued: issued! })),
    certificates: certificates.map(({ snapshot: { name, title, unit: issuer }, ...certificate }) =>
      ({ ...certificate, name, title, unit: issuer, unprintable: missingCharacters(name) })),
  }
})
