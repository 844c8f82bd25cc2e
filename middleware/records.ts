/** What only the page of putting records right says. */
export default defineNuxtRouteMiddleware(loadRecordTexts)
