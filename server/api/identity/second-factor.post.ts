import { FactorSignIn, isAppCode } from '~~/shared/schemas/identity'

/**
 * The second step of staff's sign-in: six digits of the app, or one of the backup codes. 401 `factor_challenge_over`,
 * 422 `factor_code_wrong` | `backup_code_wrong` | `factor_code_used`, 409 `factor_taken_at_once`, 429 `factor_too_many_tries` | `factor_locked` | `too_many_tries`.
 */
export default formHandler(async (event) => {
  const { code, next } = await readInput(event, FactorSignIn)
  const accountId = await challengedAccount(event)
  await takeTry(event, `factor:${accountId}`)
  if (isAppCode(code)) {
    await openOnce(accountId, code, () => withFactor(event, 'challenge', headers => useAuth().api.verifyTOTP({ body: { code }, headers, returnHeaders: true })))
  }
  else {
    const spelled = spellBackupCode(code)
    await withFactor(event, 'challenge', headers => useAuth().api.verifyBackupCode({ body: { code: spelled }, headers, returnHeaders: true }))
    await identitySql()`select identity.note_backup_codes(${accountId}, true)`
  }
  return { next: localPath(next ?? '/desk') }
}, (_event, { next }) => next)
