const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK = '10X98765432'

export interface IdNumber { number: string, birthDate: string, birthYear: number, sex: 'female' | 'male' }
export type IdNumberFault = 'id_number_length' | 'id_number_check' | 'id_number_date'

/** Reads an 18-digit resident ID number (GB 11643): its check digit must fit and its birth date be a real one, not after today. */
export function readIdNumber(text: string, today = new Date().toISOString().slice(0, 10)): IdNumber | IdNumberFault {
  const number = text.replace(/[\s-]/g, '').toUpperCase()
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) return 'id_number_length'
  if (idCheckDigit(number) !== number[17]) return 'id_number_check'
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  if (!isRealDate(birthDate) || birthDate < '1900-01-01' || birthDate > today) return 'id_number_date'
  return { number, birthDate, birthYear: Number(birthDate.slice(0, 4)), sex: Number(number[16]) % 2 ? 'male' : 'female' }
}

/** The check digit that belongs to the first 17 digits. */
export function idCheckDigit(number: string): string {
  return CHECK[WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(number[at]), 0) % 11]!
}

function isRealDate(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
