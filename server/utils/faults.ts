import type { H3Event } from 'h3'

/** Writes what was not foreseen to the log of the process, whole, as one line of JSON. */
export function logFault(event: H3Event, error: Error): void {
  console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), method: event.method, path: event.path.split('?')[0], error: error.stack, cause: String(error.cause ?? '') }))
}
