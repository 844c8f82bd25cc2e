import type { Me, Sight } from '~~/shared/types/identity'

/** Who works at the desk, as middleware/desk.ts found them; null before it has run. */
export function useDeskMe() {
  const me = useState<Me | null>('desk-me', () => null)
  const posts = computed(() => me.value?.posts ?? [])
  const sees = (sight: Sight) => posts.value.some(post => post.sights.includes(sight))
  return { me, posts, sees }
}
