/** Venues say what no other page says. */
export default defineNuxtRouteMiddleware(loadVenueTexts)
