/** Pages before the desk, where staff sign in further, say what only staff need: the desk's texts come with them. */
export default defineNuxtRouteMiddleware(loadDeskTexts)
