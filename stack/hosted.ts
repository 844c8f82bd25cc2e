// A database elsewhere: whether what the operator set leads there, said before the site starts.
import { SignJWT } from 'jose'
import postgres from 'postgres'
import { WrongVariable, type Hosted } from './environment.ts'

/** @throws WrongVariable when the database cannot be connected to */
export async function checkDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined })
  try { await sql`select 1` }
  catch (error) {
    const { message } = error as Error
    throw new WrongVariable('DATABASE_URL', `连接不上（${message}）`, `cannot connect (${message})`)
  }
  finally { await sql.end({ timeout: 1 }) }
}

/** Asks the data API one question that any visitor may ask, once the schema is there. @throws WrongVariable that names what does not work */
export async function checkDataApi({ supabaseUrl, jwtSecret, anonKey, postgrestUrl }: Hosted): Promise<void> {
  const base = postgrestUrl ?? `${supabaseUrl.replace(/\/$/, '')}/rest/v1`
  const variable = postgrestUrl ? 'POSTGREST_URL' : 'SUPABASE_URL'
  const token = await new SignJWT({ role: 'anon', iss: 'supabase' }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(jwtSecret))
  const ask = () => fetch(`${base}/credit_rules?select=id&limit=1`, {
    headers: { apikey: anonKey ?? token, authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(15_000),
  }).catch((error: Error) => {
    const reason = (error.cause as Error | undefined)?.message || error.message
    throw new WrongVariable(variable, `${base} 没有应答（${reason}）`, `no answer from ${base} (${reason})`)
  })
  // PostgREST reads a schema that was just migrated within a few seconds.
  let response = await ask()
  for (let attempt = 0; attempt < 20 && [404, 503].includes(response.status); attempt++) {
    await new Promise(resolve => setTimeout(resolve, 500))
    response = await ask()
  }
  if (response.ok) return
  const answer = `${response.status} ${(await response.text()).slice(0, 200)}`
  if (response.status === 401) throw new WrongVariable('SUPABASE_JWT_SECRET', `${base} 不认它签的令牌（${answer}）`, `${base} refuses what it signs (${answer}); behind a gateway that compares keys set SUPABASE_ANON_KEY`)
  throw new WrongVariable(variable, `${base} 答非所问（${answer}）`, `${base} is no data API of this database (${answer})`)
}
