import { SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'

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

// A token is used until a minute before it runs out.
const minted = new LRUCache<string, Promise<string>>({ max: 10_000, ttl: (LIFE_SECONDS - 60) * 1000 })

/** The account's current token. */
export function accountToken(accountId: string): Promise<string> {
  const held = minted.get(accountId)
  if (held) return held
  const token = mintAccountToken(accountId)
  minted.set(accountId, token)
  return token
}

function sign(claims: Record<string, unknown>): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(portalSettings().jwtSecret))
}
