import type { InternalApi } from 'nitropack/types'

export type ActivityFilter = Partial<Record<'day' | 'date' | 'place' | 'category' | 'form' | 'free' | 'words' | 'page', string>>

/** A page of what is to come, as the address asks for it. Its type is named: with so many routes the compiler gives up on looking it up by the address. */
export function useActivities(filter: MaybeRefOrGetter<ActivityFilter>) {
  return useFetch<InternalApi['/api/activities']['get']>('/api/activities', { key: 'activities', query: computed(() => toValue(filter)) })
}
