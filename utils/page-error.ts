/**
 * What could not be loaded as the error page: 404 where there is nothing, the rest as it came. On the server every error
 * leads there; a fatal one would also be written to its log, as if an old address were a fault.
 */
export function pageError(error: { status?: number, statusCode?: number, message?: string }) {
  return createError({ status: error.status ?? error.statusCode ?? 500, fatal: import.meta.client })
}
