/** A year of one's passbook. */
export function usePassbook(year: MaybeRefOrGetter<string | undefined>) {
  return useFetch('/api/credits/passbook', { key: 'passbook', query: { year: computed(() => toValue(year)) } })
}
