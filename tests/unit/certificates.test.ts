import { describe, expect, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'

describe('a sealed file', () => {
  const vault = openVault(`2:${Buffer.alloc(32, 2).toString('base64')},1:${Buffer.alloc(32, 1).toString('base64')}`)
  const content = new TextEncoder().encode('证书')

  it('opens for its own id and nothing else, and not as a number', () => {
    const sealed = vault.sealFile('a', content)
    expect(vault.openFile('a', sealed)).toEqual(Buffer.from(content))
    expect(sealed.cipher.includes(Buffer.from(content))).toBe(false)
    expect(() => vault.openFile('b', sealed)).toThrow()
    expect(() => vault.openFile('a', { ...sealed, keyId: 1 })).toThrow()
    expect(() => vault.open('phone', sealed)).toThrow()
    sealed.cipher[20]! ^= 1
    expect(() => vault.openFile('a', sealed)).toThrow()
  })

  it('is found again by an equal file, under any sealing key', () => {
    const older = openVault(`1:${Buffer.alloc(32, 1).toString('base64')}`)
    expect(older.sealFile('x', content).lookup).toEqual(vault.sealFile('y', content).lookup)
    expect(vault.openFile('x', older.sealFile('x', content))).toEqual(Buffer.from(content))
    expect(vault.sealFile('x', content).lookup).not.toEqual(vault.sealFile('x', Buffer.from('other')).lookup)
  })

  it('leaves, deleted, a digest that finds an equal one under another key, and is no file', () => {
    const [before, after] = [1, 3].map(id => openVault(`${id}:${Buffer.alloc(32, id).toString('base64')}`)) as [typeof vault, typeof vault]
    const gone = before.sealFile('x', content)
    const kept = after.sealDigest('x', before.openDigest('x', gone))
    expect(kept.lookup).toEqual(after.sealFile('y', content).lookup)
    expect(kept.lookup).not.toEqual(gone.lookup)
    for (const sealed of [kept, after.sealFile('x', content)]) expect(() => before.openDigest('x', sealed)).toThrow()
    expect(() => after.openDigest('y', kept)).toThrow()
    expect(() => after.openFile('x', { cipher: kept.digest, keyId: kept.keyId })).toThrow()
  })
})
