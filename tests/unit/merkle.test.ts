// The tree that the nightly seal is the root of.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hexOf } from '../../shared/utils/credit-chain.ts'
import { merkleLeaf, merkleRoot, merkleTree } from '../../shared/utils/merkle.ts'

const digest = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
const leavesOf = (entries: Uint8Array[]) => Promise.all(entries.map(entry => merkleLeaf(entry, digest)))
const heads = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 40 })

it('has the root of RFC 6962 for nothing, one and three entries', async () => {
  const sha = (text: string) => createHash('sha256').update(Buffer.from(text, 'hex')).digest('hex')
  const [a, b, c] = [sha('0061'), sha('0062'), sha('0063')]
  const root = async (text: string) => hexOf((await merkleTree(await leavesOf([...text].map(one => Buffer.from(one))), digest)).root)
  expect(await root('')).toBe(sha(''))
  expect(await root('a')).toBe(a)
  expect(await root('abc')).toBe(sha(`01${sha(`01${a}${b}`)}${c}`))
})

it('every entry leads to the root, and by no other place', () => fc.assert(fc.asyncProperty(heads, async (entries) => {
  const leaves = await leavesOf(entries)
  const { root, paths } = await merkleTree(leaves, digest)
  for (const [place, leaf] of leaves.entries()) {
    expect(await merkleRoot(leaf, place, leaves.length, paths[place]!, digest)).toEqual(root)
    expect(await merkleRoot(leaf, leaves.length, leaves.length, paths[place]!, digest)).toBeNull()
  }
})))

it('a flipped bit of the entry or the path, or a path too long or too short, does not', () => fc.assert(fc.asyncProperty(
  heads, fc.nat(), fc.nat(), fc.nat(255), async (entries, which, part, bit) => {
    const place = which % entries.length
    const { root, paths } = await merkleTree(await leavesOf(entries), digest)
    const way = [entries[place]!, ...paths[place]!].map(bytes => Uint8Array.from(bytes))
    way[part % way.length]![bit >> 3]! ^= 1 << (bit & 7)
    const [entry, ...path] = way
    expect(await merkleRoot(await merkleLeaf(entry!, digest), place, entries.length, path, digest)).not.toEqual(root)
    const leaf = await merkleLeaf(entries[place]!, digest)
    expect(await merkleRoot(leaf, place, entries.length, [...paths[place]!, leaf], digest)).toBeNull()
    if (paths[place]!.length) expect(await merkleRoot(leaf, place, entries.length, paths[place]!.slice(1), digest)).toBeNull()
  })))
