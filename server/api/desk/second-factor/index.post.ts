import { verifyPassword } from 'better-auth/crypto'
import { FactorAct } from '~~/shared/schemas/identity'

/**
 * One's own second factor: `begin` answers what the app needs and the backup codes, once; `confirm` turns it on with a first
 * code; `codes` draws backup codes anew; `end` turns it off. The password is asked for each time, a code for the last.
 * 409 `second_factor_on` | `second_factor_off` | `account_without_password`, 422 by field.
 */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const session = await requireSession(event)
  const { act, password, code } = await readInput(event, FactorAct)
  const [account] = await identitySql()`select username from accounts where id = ${session.accountId}`
  if (!account?.username) throw refusal(409, 'account_without_password')
  await takeTry(event, `factor:${session.accountId}`)
  const { api } = useAuth()
  if (act === 'begin') {
    const begun = await withFactor(event, 'session', headers => api.enableTwoFactor({ body: { password, method: 'totp' }, headers, returnHeaders: true }))
    const { totpURI, backupCodes } = begun as { totpURI: string, backupCodes: string[] }
    return { act, ...factorImage(totpURI, account.username as string), backupCodes }
  }
  if (act === 'codes') {
    const { backupCodes } = await withFactor(event, 'session', headers => api.generateBackupCodes({ body: { password }, headers, returnHeaders: true }))
    await identitySql()`select identity.note_backup_codes(${session.accountId}, false)`
    return { act, backupCodes }
  }
  if (act === 'end') {
    // Before the code is used up: a mistyped password costs no wait for the next one.
    if (!session.hasFactor) throw refusal(409, 'second_factor_off')
    const [known] = await identitySql()`select password_hash from credentials where account_id = ${session.accountId} and provider_id = 'credential'`
    if (!known || !await verifyPassword({ hash: known.password_hash as string, password })) throw refusal(422, 'password_current_wrong', { field: 'password' })
  }
  await openOnce(session.accountId, code, () => withFactor(event, 'session', headers => api.verifyTOTP({ body: { code }, headers, returnHeaders: true })))
  if (act === 'end') await withFactor(event, 'session', headers => api.disableTwoFactor({ body: { password }, headers, returnHeaders: true }))
  forgetSession(sessionCookie(event))
  const [after] = await identitySql()`select must_set_factor from accounts where id = ${session.accountId}`
  return { act, mustSetFactor: after!.must_set_factor as boolean }
})
