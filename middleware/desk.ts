/** The desk is for whoever holds a post that opens it: visitors sign in first; others are told so by the layout, with 403. */
export default defineNuxtRouteMiddleware(async (to) => {
  const { me, sees } = useDeskMe()
  const event = useRequestEvent()
  if (import.meta.server) useResponseHeader('cache-control').value = 'private, no-store'
  await loadDeskTexts()
  if (!me.value) return navigateTo({ name: 'sign-in-staff', query: { next: to.fullPath } })
  if (me.value.passwordChange && to.name !== 'desk-password') return navigateTo({ name: 'desk-password' })
  if (!me.value.passwordChange && me.value.mustSetFactor && to.name !== 'desk-second-factor') return navigateTo({ name: 'desk-second-factor' })
  if (event && !sees('desk')) setResponseStatus(event, 403)
})
