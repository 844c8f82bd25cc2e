import type { H3Event } from 'h3'

/** Where a plain form of an activity came from, with what was done in the address: the activity, or one's own list. */
export async function backTo(event: H3Event, done: string): Promise<string> {
  const [path = '/'] = localPath(getHeader(event, 'referer')).split('?')
  return `${path}?done=${done}#mine`
}

/** The desk's page of missed seats that a plain form came from, with what was done. */
export function backToNoShows(event: H3Event, done: string): string {
  const [path = '/desk/activities/no-shows', search = ''] = localPath(getHeader(event, 'referer')).split('?')
  const query = new URLSearchParams(search)
  query.set('done', done)
  return `${path}?${query}`
}
