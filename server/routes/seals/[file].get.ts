import { SealFile } from '~~/shared/schemas/credits'

/** A seal of the credit bank for anybody to keep: /seals/latest.json, and each by its number. 404 `not_found`. */
export default defineEventHandler(async (event) => {
  const { file } = readParams(event, SealFile)
  const seals = anonymousDatabase().from('credit_seals').select('id, sealed_at, learners, root, statement, signature, public_key')
  const seal = await answerOf(file === 'latest.json' ? seals.order('id', { ascending: false }).limit(1).maybeSingle() : seals.eq('id', Number(file.split('.')[0])).maybeSingle())
  if (!seal) throw refusal(404, 'not_found')
  setHeader(event, 'cache-control', file === 'latest.json' ? 'public, max-age=300' : 'public, max-age=31536000, immutable')
  return seal
})
