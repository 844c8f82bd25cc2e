import { createHmac, randomUUID } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { phoneNumber, twoFactor, username } from 'better-auth/plugins'
import { PostgresJSDialect } from 'kysely-postgres-js'

const DAY_SECONDS = 24 * 60 * 60

/** The hash under which a code is stored: tied to the number, useless without the server's secret. */
export function hashCode(phoneLookup: string, code: string): string {
  return createHmac('sha256', portalSettings().sessionSecret).update(`${phoneLookup}:${code}`).digest('hex')
}

/** What an account, a code and a limit are found by: the number itself is nowhere in clear. */
export function phoneLookup(phone: string): string {
  return contactLookup('phone', phone).toString('hex')
}

function createAuth() {
  const { sessionSecret, publicUrl, isSecure } = portalSettings()
  return betterAuth({
    secret: sessionSecret,
    baseURL: publicUrl ?? 'http://localhost',
    // Its routes are not served: the portal's own routes call it, so only what they offer can be asked of it.
    database: { dialect: new PostgresJSDialect({ postgres: identitySql() }), type: 'postgres' },
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false }, // ours are in the database: identity.take()
    advanced: {
      database: { generateId: 'uuid' },
      cookiePrefix: 'linxue',
      useSecureCookies: isSecure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
    },
    user: {
      modelName: 'accounts',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    session: {
      modelName: 'sessions',
      fields: { userId: 'account_id', expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent', createdAt: 'created_at', updatedAt: 'updated_at' },
      expiresIn: 30 * DAY_SECONDS,
      disableSessionRefresh: true, // identity.touch_session() knows how long which session lives
    },
    account: {
      modelName: 'credentials',
      fields: {
        userId: 'account_id', accountId: 'provider_account_id', providerId: 'provider_id', password: 'password_hash',
        accessToken: 'access_token', refreshToken: 'refresh_token', idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at', refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at', updatedAt: 'updated_at',
      },
    },
    verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' } },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
    plugins: [
      // The library knows a number by its lookup alone.
      phoneNumber({
        sendOTP: () => { throw new Error('codes are sent by POST /api/identity/codes') },
        verifyOTP: async ({ phoneNumber: lookup, code }) => {
          const [{ result }] = await identitySql()`select use_code(${lookup}, ${hashCode(lookup, code)}) as result` as unknown as [{ result: string }]
          if (result !== 'right') throw refusal(result === 'wrong' ? 422 : 410, CODE_REFUSALS[result] ?? 'code_wrong', { field: 'code' })
          // Asked behind the code: who has only the number of somebody is not told that they are staff.
          const [{ guarded }] = await identitySql()`select phone_has_factor(${lookup}) as guarded` as unknown as [{ guarded: boolean }]
          if (guarded) throw refusal(409, 'sign_in_as_staff')
          return true
        },
        signUpOnVerification: { getTempEmail: () => `${randomUUID()}@accounts.invalid`, getTempName: () => '' },
        schema: { user: { fields: { phoneNumber: 'phone_lookup', phoneNumberVerified: 'phone_verified' } } },
      }),
      username({ schema: { user: { fields: { username: 'username', displayUsername: 'display_username' } } } }),
      // A code of an app after the password: five tries a sign-in, ten in a row lock the account for a quarter of an hour.
      twoFactor({
        backupCodeOptions: { customBackupCodesGenerate: makeBackupCodes },
        schema: {
          user: { fields: { twoFactorEnabled: 'second_factor' } },
          twoFactor: {
            modelName: 'second_factors',
            fields: { userId: 'account_id', backupCodes: 'backup_codes', failedVerificationCount: 'failed_verification_count', lockedUntil: 'locked_until' },
          },
        },
      }),
    ],
  })
}

const CODE_REFUSALS: Record<string, string> = { wrong: 'code_wrong', expired: 'code_expired', too_many_tries: 'code_too_many_tries' }

let auth: ReturnType<typeof createAuth> | undefined

/** The identity library, set up on first use. */
export function useAuth(): ReturnType<typeof createAuth> {
  return auth ??= createAuth()
}
