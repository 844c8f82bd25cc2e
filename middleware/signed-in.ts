/** Leads visitors to sign in and back, and newcomers to introduce themselves first. */
export default defineNuxtRouteMiddleware(async (to) => {
  const { data: me } = await useMe()
  if (!me.value) return navigateTo({ name: 'sign-in', query: { next: to.fullPath } })
  if (!me.value.person && to.name !== 'welcome') return navigateTo({ name: 'welcome', query: { next: to.fullPath } })
})
