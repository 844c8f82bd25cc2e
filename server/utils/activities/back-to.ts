import type { H3Event } from 'h3'

/** Where a plain form of an activity came from, with what was done in the address: the activity, or one's own list. */
export async function backTo(event: H3Event, done: string): Promise<string> {
  const [path = '/'] = localPath(getHeader(event, 'referer')).split('?')
  return `${path}?done=${done}#mine`
}
