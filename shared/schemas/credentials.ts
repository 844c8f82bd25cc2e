import { z } from 'zod'
import { typedCode } from '../utils/credential-code'
import { Day, Unit } from './fields'

export const CREDENTIAL_KINDS = ['course', 'honour', 'award', 'transcript', 'service'] as const

/** However it was typed: with or without lines between the groups. */
const Code = z.string().max(40).transform(typedCode).pipe(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{12}$/, 'certificate_code_invalid'))
export const CredentialCode = z.object({ code: Code })

export const ShownCredential = z.object({ credential: z.string('credential_missing').trim().min(1, 'credential_missing') })

export const StatusListFile = z.object({ file: z.string().regex(/^[1-9]\d{0,5}\.json$/).transform(file => Number.parseInt(file)) })

const text = (longest: number) => z.string().trim().min(1).max(longest).optional().catch(undefined)
/** What the desk looks for; what can't be meant is left out. */
export const CertificatesQuery = z.object({
  unit: Unit.optional().catch(undefined),
  kind: z.enum(CREDENTIAL_KINDS).optional().catch(undefined),
  title: text(120),
  asked: text(40),
  from: Day('day_invalid').optional().catch(undefined),
  to: Day('day_invalid').optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
export const CredentialId = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) })
export const Lifting = z.object({ reason: z.string('lifting_reason_missing').trim().min(4, 'lifting_reason_missing').max(200, 'lifting_reason_missing') })
export const Revoking = z.object({ reason: z.string('revocation_reason_missing').trim().min(4, 'revocation_reason_missing').max(200, 'revocation_reason_missing') })
