/** What only the page of helping family says. */
export default defineNuxtRouteMiddleware(loadFamilyTexts)
