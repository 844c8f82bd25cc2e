export interface CourseFilter { category?: string, audience?: string, page?: string }

/** A page of the catalogue as the address asks for it. */
export function useCourses(kind: 'courses' | 'micro-lectures', filter: MaybeRefOrGetter<CourseFilter>) {
  return useFetch(kind === 'courses' ? '/api/courses' : '/api/micro-lectures', { key: kind, query: computed(() => toValue(filter)) })
}
