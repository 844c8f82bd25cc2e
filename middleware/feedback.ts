/** What is said after a session has words of its own, in a chunk of their own. */
export default defineNuxtRouteMiddleware(loadFeedbackTexts)
