import { randomInt } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'

// Without signs that are taken for one another when read out or copied by hand.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz'
const CAPITALS = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const DIGITS = '23456789'

/** A first password to hand over, shown once: three groups of four, by a secure draw. Only its hash is kept. */
export async function makeFirstPassword(): Promise<{ password: string, hash: string }> {
  const draw = (from: string, count: number) => Array.from({ length: count }, () => from[randomInt(from.length)]).join('')
  const password = [draw(CAPITALS, 1) + draw(LETTERS, 3), draw(DIGITS, 4), draw(LETTERS, 4)].join('-')
  return { password, hash: await hashPassword(password) }
}
