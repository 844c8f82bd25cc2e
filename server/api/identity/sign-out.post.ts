/** Ends the session of this browser, for every process at once. */
export default formHandler(async (event) => {
  const session = await currentSession(event)
  if (session) await identitySql()`delete from sessions where token = ${session.token}`
  forgetSession(sessionCookie(event))
  for (const name of ['linxue.session_token', '__Secure-linxue.session_token'])
    deleteCookie(event, name, { httpOnly: true, sameSite: 'lax', path: '/', secure: name.startsWith('__Secure-') })
  return { signedOut: true }
}, () => '/')
