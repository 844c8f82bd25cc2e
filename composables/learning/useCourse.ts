/** A course with its lessons and, when signed in, how far one is. */
export function useCourse(slug: MaybeRefOrGetter<string>) {
  return useFetch(() => `/api/courses/${toValue(slug)}`, { key: () => `course:${toValue(slug)}` })
}
