import type { Site } from '~~/shared/types/site'

/** Whose portal this is: the region's name and the telephone for help. The server reads it before it renders. */
export function useSite() {
  return useState<Site | null>('site', () => useRequestEvent()?.context.frame?.site ?? null)
}
