/** What the home page shows to everybody. */
export function useHome() {
  return useFetch('/api/home', { key: 'home' })
}
