/** Who is signed in; null for a visitor. */
export function useMe() {
  return useFetch('/api/identity/me', { key: 'me' })
}
