/** What was watched without a network is sent from whatever page is opened next, and as soon as the network is back. */
export default defineNuxtPlugin((app) => {
  const beats = useBeatsStore()
  // A refusal has dropped what it refused; the unreachable are tried again with the next page.
  const send = () => void beats.send().catch(() => null)
  app.hook('app:mounted', send)
  window.addEventListener('online', send)
})
