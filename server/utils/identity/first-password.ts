import { randomInt } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'

// Without signs that are taken for one another when read out or copied by hand.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz'
const CAPITALS = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const DIGITS = '23456789'

/** Ten backup codes, two groups of five each: small letters and digits of the same choice. */
export function makeBackupCodes(): string[] {
  const group = () => Array.from({ length: 5 }, () => (LETTERS + DIGITS)[randomInt(LETTERS.length + DIGITS.length)]).join('')
  return Array.from({ length: 10 }, () => `${group()}-${group()}`)
}

/** A backup code as it was made, however it was typed: in capitals, in wide letters, without its hyphen. */
export function spellBackupCode(typed: string): string {
  return typed.normalize('NFKC').toLowerCase().replace(/[^a-z0-9]/g, '').replace(/^(.{5})(.{5})$/, '$1-$2')
}

/** A first password to hand over, shown once: three groups of four, by a secure draw. Only its hash is kept. */
export async function makeFirstPassword(): Promise<{ password: string, hash: string }> {
  const draw = (from: string, count: number) => Array.from({ length: count }, () => from[randomInt(from.length)]).join('')
  const password = [draw(CAPITALS, 1) + draw(LETTERS, 3), draw(DIGITS, 4), draw(LETTERS, 4)].join('-')
  return { password, hash: await hashPassword(password) }
}
