/** Ends the session of this browser, for every process at once. */
export default formHandler(async (event) => {
  const session = await currentSession(event)
  if (session) await identitySql()`delete from sessions where token = ${session.token}`
  forgetSession(sessionCookie(event))
  deleteCookie(event, sessionCookieName(), { httpOnly: true, sameSite: 'lax', path: '/', secure: portalSettings().isSecure })
  return { signedOut: true }
}, () => '/')
