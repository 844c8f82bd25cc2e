import type { z } from 'zod'
import type { CertificatesQuery } from '~~/shared/schemas/credentials'
import type { CredentialKind, CredentialSnapshot } from '~~/shared/types/credentials'

type Asked = Omit<z.infer<typeof CertificatesQuery>, 'unit' | 'page'>

/** Certificates of a unit by what the desk looks for. */
export async function certificatesOf(
  database: Supabase, unitId: number, { kind, title, asked, from, to }: Asked, { onlyLive = false, size, skip }: { onlyLive?: boolean, size: number, skip: number },
) {
  const rows = await answerOf(database.rpc('credentials_at_desk', {
    in_unit_id: unitId, of_kind: kind ?? null!, of_title: title ?? null!, asked: asked ?? null!, from_day: from ?? null!, to_day: to ?? null!,
    only_live: onlyLive, page_size: size, skip,
  }))
  return {
    total: rows[0]?.total ?? 0,
    certificates: rows.map(row => ({
      id: row.id!, kind: row.kind as CredentialKind, code: row.code!, snapshot: row.snapshot as unknown as CredentialSnapshot, issuedAt: row.issued_at!, isSigned: row.signed!,
      mayRevoke: row.may_revoke!, liftedAt: row.lifted_at,
      revocation: row.revoked_at === null ? null : { at: row.revoked_at!, reason: row.revoked_reason!, words: row.revoked_words },
    })),
  }
}
