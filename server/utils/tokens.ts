import { SignJWT } from 'jose'

const LIFE_SECONDS = 300

let anonKey: Promise<string> | undefined

/** The key that Supabase's gateway wants with every request; an embedded PostgREST ignores it. */
export function apiKey(): Promise<string> {
  const { anonKey: configured } = portalSettings()
  return anonKey ??= configured ? Promise.resolve(configured) : sign({ role: 'anon', iss: 'supabase' })
}

function mintAccountToken(accountId: string): Promise<string> {
  const expires = Math.floor(Date.now() / 1000) + LIFE_SECONDS
  return sign({ sub: accountId, role: 'authenticated', exp: expires })
}

const minted = new Map<string, { token: Promise<string>, renewAt: number }>()

/** The account's current token, signed anew a minute before it runs out. */
export function accountToken(accountId: string): Promise<string> {
  const now = Date.now()
  const held = minted.get(accountId)
  if (held && held.renewAt > now) return held.token
  if (minted.size > 10_000) for (const [id, { renewAt }] of minted) if (renewAt <= now) minted.delete(id)
  const token = mintAccountToken(accountId)
  minted.set(accountId, { token, renewAt: now + (LIFE_SECONDS - 60) * 1000 })
  return token
}

function sign(claims: Record<string, unknown>): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(portalSettings().jwtSecret))
}
