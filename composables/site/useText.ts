import type { SiteText } from '~~/shared/types/texts'

/** One text of an editor: help, a policy, a news item. */
export function useText(kind: 'help' | 'policies' | 'news', slug: MaybeRefOrGetter<string>) {
  return useFetch<SiteText>(() => `/api/${kind}/${toValue(slug)}`, { key: () => `${kind}:${toValue(slug)}` })
}
