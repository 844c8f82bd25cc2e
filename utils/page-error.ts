/** What could not be loaded as the error page: 404 where there is nothing, 401 leads to sign in, the rest as it came. */
export function pageError(error: { status?: number, statusCode?: number, message?: string }) {
  return createError({ status: error.status ?? error.statusCode ?? 500, fatal: true })
}
