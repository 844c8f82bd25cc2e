/** Whose portal this is: the region's name and the telephone for help. */
export function useSite() {
  return useFetch('/api/site', { key: 'site' })
}
