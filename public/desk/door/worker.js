// Opens the check-in desk again when there is no network. It sees the pages below /desk/door/ and nothing else of the portal; what it answers with was
// laid down by the page itself (composables/desk/useDoor.ts). People and marks are in the page's own database, not here.
const KEPT = 'linxue-door'
const PATIENCE_MS = 5000

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(fromNetworkFirst(request, url))
  else if (url.pathname.startsWith('/_nuxt/')) event.respondWith(fromKeptFirst(request))
})

async function fromNetworkFirst(request, url) {
  const kept = await caches.open(KEPT).then(cache => cache.match(url.pathname, { ignoreVary: true }))
  if (!kept) return fetch(request)
  // A network that is there but does not answer is none.
  const late = new Promise(resolve => setTimeout(resolve, PATIENCE_MS, kept))
  return Promise.race([fetch(request).then(answer => answer.status >= 500 ? kept : answer, () => kept), late])
}

async function fromKeptFirst(request) {
  const kept = await caches.open(KEPT).then(cache => cache.match(request, { ignoreVary: true }))
  return kept ?? fetch(request)
}
