import type { ActivityContent } from '~~/shared/types/activities'

/** An activity and, when signed in, what one has of it. */
export function useActivity(code: MaybeRefOrGetter<string>) {
  return useFetch<ActivityContent>(() => `/api/activities/${toValue(code)}`, { key: () => `activity:${toValue(code)}` })
}
