/**
 * A plain form may be sent to a page of the desk itself: the page then reads it while it is rendered, so that whatever was
 * typed, however much, is simply there again (composables/desk/usePosted.ts).
 */
export default defineEventHandler(async (event) => {
  if (event.method !== 'POST' || !event.path.startsWith('/desk/') || !isFormPost(event)) return
  event.context.posted = await readForm(event)
})

declare module 'h3' {
  interface H3EventContext { posted?: Record<string, string> }
}
