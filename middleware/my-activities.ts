/** What only the page of one's own activities says. */
export default defineNuxtRouteMiddleware(loadMyActivityTexts)
