/** Who is signed in: person, residence, posts; null for a visitor. */
export default defineEventHandler((event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  return readMe(event)
})
