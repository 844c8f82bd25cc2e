/** Levels, awards and recognition say what no other page says, the rest of the credit bank included. */
export default defineNuxtRouteMiddleware(loadMeritTexts)
