/** What the asker served and will serve: hours by shift with what did not count and why, disputes, certificates. 401 `sign_in_needed`. */
export default defineEventHandler(event => myService(event))
