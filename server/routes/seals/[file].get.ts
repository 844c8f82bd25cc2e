import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SealFile } from '~~/shared/schemas/credits'

/**
 * A seal of the credit bank for anybody to keep: /seals/latest.json, and each by its number. Where there is a mirror folder it is the
 * file there, which nobody alters who writes to the database alone. 404 `not_found`.
 */
export default defineEventHandler(async (event) => {
  const { file } = readParams(event, SealFile)
  const seal = await mirrored(file) ?? await ofTable(file)
  if (!seal) throw refusal(404, 'not_found')
  setHeaders(event, { 'content-type': 'application/json', 'cache-control': file === 'latest.json' ? 'public, max-age=300' : 'public, max-age=31536000, immutable' })
  return seal
})

async function mirrored(file: string): Promise<string | null> {
  const { mirrorFolder } = portalSettings()
  return mirrorFolder ? readFile(join(mirrorFolder, 'seals', file), 'utf8').catch(() => null) : null
}

async function ofTable(file: string): Promise<string | null> {
  const seals = anonymousDatabase().from('credit_seals').select('id, sealed_at, learners, root, statement, signature, public_key')
  const seal = await answerOf(file === 'latest.json' ? seals.order('id', { ascending: false }).limit(1).maybeSingle() : seals.eq('id', Number(file.split('.')[0])).maybeSingle())
  return seal && JSON.stringify(seal)
}
