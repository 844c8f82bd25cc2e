import { describe, expect, it } from 'vitest'
import { drawDataKey, maskContact, openVault, WrongDataKey } from '../../server/privacy/vault.ts'
import { idCheckDigit, readIdNumber } from '../../shared/utils/id-number.ts'

const KEY = `1:${Buffer.alloc(32, 7).toString('base64')}`
const NEW_KEY = `2:${Buffer.alloc(32, 9).toString('base64')}`

describe('sealed numbers', () => {
  it('come back, are never sealed alike twice, and find each other', () => {
    const vault = openVault(KEY)
    const [one, other] = [vault.seal('phone', '13812345678'), vault.seal('phone', '13812345678')]
    expect(vault.open('phone', one)).toBe('13812345678')
    expect(one.cipher.equals(other.cipher)).toBe(false)
    expect(one.lookup.equals(other.lookup)).toBe(true)
    expect(one.lookup.equals(vault.lookup('id_number', '13812345678'))).toBe(false)
    expect(one).toMatchObject({ keyId: 1, masked: '138****5678', tail: '5678' })
    expect(one.cipher.includes('13812345678')).toBe(false)
  })

  it('a changed byte, another kind or another key is refused', () => {
    const vault = openVault(KEY)
    const sealed = vault.seal('phone', '13812345678')
    expect(() => vault.open('id_number', sealed)).toThrow()
    expect(() => openVault(`1:${Buffer.alloc(32, 8).toString('base64')}`).open('phone', sealed)).toThrow()
    for (const at of [0, 15, sealed.cipher.length - 1]) {
      const changed = Buffer.from(sealed.cipher)
      changed[at]! ^= 1
      expect(() => vault.open('phone', { ...sealed, cipher: changed })).toThrow()
    }
  })

  it('a new key in front seals, the old one still opens and makes the lookups', () => {
    const before = openVault(KEY).seal('phone', '13812345678')
    const vault = openVault(`${NEW_KEY},${KEY}`)
    expect(vault.open('phone', before)).toBe('13812345678')
    expect(vault.seal('phone', '13812345678')).toMatchObject({ keyId: 2, lookup: before.lookup })
    expect(() => openVault(NEW_KEY).open('phone', before)).toThrow(WrongDataKey)
  })

  it.each(['', 'x', '1:short', `${KEY},${KEY}`, KEY.slice(2)])('the key list %j is refused', (list) => {
    expect(() => openVault(list)).toThrow(WrongDataKey)
  })

  it('a drawn key opens', () => {
    expect(openVault(drawDataKey()).lookup('phone', '1').length).toBe(32)
  })
})

describe('ID numbers', () => {
  it('says birth and sex of a number whose check digit fits', () => {
    expect(readIdNumber('11010519491231002x')).toEqual({ number: '11010519491231002X', birthDate: '1949-12-31', birthYear: 1949, sex: 'female' })
    expect(maskContact('id_number', '11010519491231002X')).toBe('110105********002X')
  })

  it.each([
    ['110105194912310021', 'id_number_check'], ['1101051949123100', 'id_number_length'], ['11010519491231002A', 'id_number_length'],
    [`11010519490230002${idCheckDigit('11010519490230002')}`, 'id_number_date'], [`11010522491231002${idCheckDigit('11010522491231002')}`, 'id_number_date'],
  ])('%s is refused as %s', (text, fault) => {
    expect(readIdNumber(text)).toBe(fault)
  })

  it('one wrong digit is always found', () => {
    const number = '11010519491231002X'
    for (let at = 0; at < 17; at++) {
      for (let digit = 0; digit <= 9; digit++) {
        const wrong = number.slice(0, at) + digit + number.slice(at + 1)
        if (wrong !== number) expect(idCheckDigit(wrong)).not.toBe(number[17])
      }
    }
  })
})
