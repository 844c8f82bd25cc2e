/** Live: the process answers. Asks nothing else, so a watchdog may call it as often as it likes. */
export default defineEventHandler(() => ({ live: true }))
