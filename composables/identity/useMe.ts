/** Who is signed in; null for a visitor. */
export function useMe() {
  return useFetch('/api/identity/me', { key: 'me', transform: me => me ?? null }) // a visitor is answered 204
}
