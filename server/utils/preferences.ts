import type { H3Event } from 'h3'

/** How the asking visitor reads, from cookies. */
export function preferencesOf(event: H3Event): Preferences {
  return preferencesFrom(parseCookies(event))
}
