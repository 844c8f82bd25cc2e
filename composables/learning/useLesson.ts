import type { LessonContent } from '~~/shared/types/learning'

/** A lesson with its neighbours and, when signed in, how far one is. */
export function useLesson(course: MaybeRefOrGetter<string>, lesson: MaybeRefOrGetter<string>) {
  return useFetch<LessonContent>(() => `/api/courses/${toValue(course)}/${toValue(lesson)}`, { key: () => `lesson:${toValue(course)}/${toValue(lesson)}` })
}
