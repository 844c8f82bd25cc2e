/** Checking in says what no other page says: its texts are fetched with it. */
export default defineNuxtRouteMiddleware(loadCheckInTexts)
