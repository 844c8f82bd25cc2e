import type { Sight } from '~~/shared/types/identity'

/** Who works at the desk, and what their posts open. */
export function useDeskMe() {
  const me = useMe()
  const posts = computed(() => me.value?.posts ?? [])
  const sees = (sight: Sight) => posts.value.some(post => post.sights.includes(sight))
  return { me, posts, sees }
}
