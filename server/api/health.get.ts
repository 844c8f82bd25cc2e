/** Live when it answers; ready when the data API does. 503 `not_ready` otherwise. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'no-store')
  const { error } = await anonymousDatabase().from('credit_rules').select('id').limit(1)
  if (error) throw refusal(503, 'not_ready')
  return { live: true, ready: true }
})
