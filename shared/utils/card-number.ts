/** Crockford's: without I, L, O and U. */
export const CARD_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What a scanner or a hand gives, as a card's number; null where its check character does not fit. As private.read_card_number(). */
export function readCardNumber(typed: string): string | null {
  const number = typed.toUpperCase().replace(/^.*\/C\//, '').replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  if (!/^[0-9A-HJKMNP-TV-Z]{10}$/.test(number)) return null
  return cardCheck(number.slice(0, 9)) === number[9] ? number : null
}

/** The check character: one wrong or two swapped characters are noticed. As private.card_check(). */
export function cardCheck(digits: string): string {
  const sum = [...digits].reduce((total, character, place) => {
    const weighed = CARD_ALPHABET.indexOf(character) * (place % 2 ? 1 : 2)
    return total + Math.floor(weighed / 32) + weighed % 32
  }, 0)
  return CARD_ALPHABET[(32 - sum % 32) % 32]!
}

/** In groups of five, as it is printed. */
export function printedCardNumber(number: string): string {
  return `${number.slice(0, 5)}-${number.slice(5)}`
}
