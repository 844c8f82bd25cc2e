import type { Me } from '~~/shared/types/identity'

/** Leads visitors to sign in and back, newcomers to introduce themselves first, and staff to a new password where one is due. */
export default defineNuxtRouteMiddleware(async (to) => {
  const me = useMe()
  // A session may have run out since the page was loaded.
  if (import.meta.client && !useNuxtApp().isHydrating) me.value = await $fetch<Me | undefined>('/api/identity/me') ?? null
  if (!me.value) return navigateTo({ name: 'sign-in', query: { next: to.fullPath } })
  if (me.value.passwordChange) return navigateTo('/desk/password', { external: true })
  if (!me.value.person && to.name !== 'welcome') return navigateTo({ name: 'welcome', query: { next: to.fullPath } })
})
