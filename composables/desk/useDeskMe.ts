import type { Me } from '~~/shared/types/identity'

/** Who works at the desk, as middleware/desk.ts found them; null before it has run. */
export function useDeskMe() {
  const me = useState<Me | null>('desk-me', () => null)
  const posts = computed(() => me.value?.posts ?? [])
  return {
    me,
    posts,
    opensDesk: computed(() => posts.value.some(post => post.opensDesk)),
    seesFigures: computed(() => posts.value.some(post => post.seesFigures)),
    seesNames: computed(() => posts.value.some(post => post.seesNames)),
  }
}
