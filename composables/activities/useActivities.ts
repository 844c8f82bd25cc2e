export type ActivityFilter = Partial<Record<'day' | 'date' | 'place' | 'category' | 'form' | 'audience' | 'free' | 'words' | 'page', string>>

/** A page of what is to come, as the address asks for it. */
export function useActivities(filter: MaybeRefOrGetter<ActivityFilter>) {
  return useFetch('/api/activities', { key: 'activities', query: computed(() => toValue(filter)) })
}
