import type { Me } from '~~/shared/types/identity'

/** Who is signed in; null for a visitor. The server reads it before it renders; whoever signs in or out loads the page anew. */
export function useMe() {
  return useState<Me | null>('me', () => useRequestEvent()?.context.frame?.me ?? null)
}
