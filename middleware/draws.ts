/** Draws and missed seats say what no other page says: their texts are fetched with them. */
export default defineNuxtRouteMiddleware(loadDrawTexts)
