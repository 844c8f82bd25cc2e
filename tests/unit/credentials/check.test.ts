// Our own badges: what they say, and that no way of altering them goes unnoticed.
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkText, type Checker } from '../../../server/credentials/check.ts'
import { documentOf, fitsRow, statusListAddress, statusListDocument, type Unsigned } from '../../../server/credentials/documents.ts'
import { didDocument, issuerOf, methodOf, multikeyOf, publicKeyOf, signingKeyOf } from '../../../server/credentials/keys.ts'
import { isSigned, type Signed, signDocument } from '../../../server/credentials/proof.ts'
import { encodeStatusList, LIST_BITS, statusAt } from '../../../server/credentials/status-list.ts'

const SITE = 'https://learn.example.cn'
const key = signingKeyOf(Buffer.alloc(32, 9).toString('base64'))
const multikey = multikeyOf(key)
const did = issuerOf({ publicUrl: SITE }, multikey)
const at = new Date('2026-05-12T01:02:03Z')
const sign = (document: Parameters<typeof signDocument>[0], signer = key, issuer = did) => signDocument(document, signer, { method: methodOf(issuer, multikeyOf(signer)), created: at })
const COURSE: Unsigned = {
  kind: 'course', code: '7K3MQ9TDXW2F', issuedAt: at, listId: 1, listIndex: 4711,
  snapshot: { name: '王㙓𬭚', title: '智能手机入门', summary: '会打电话、会看视频。', unit: '柳溪社区学校', region: '清江市', lessons: 8, minutes: 200, milliCredits: 4444, finishedOn: '2026-05-12' },
}
const badge = await sign(documentOf(COURSE, { did, site: SITE }))
const record = await sign(documentOf({
  kind: 'transcript', code: '0K3MQ9TDXW20', issuedAt: at, listId: 1, listIndex: 5, includes: [badge],
  snapshot: { name: '王㙓𬭚', title: '学习成绩单', unit: '清江市', region: '清江市', includes: [1], years: [{ year: 2026, minutes: 200, milliCredits: 4444 }] },
}, { did, site: SITE }))
const listOf = (revoked: number[], number = 1) => sign(statusListDocument(number, revoked, at, { did, site: SITE }))
const checker = async (revoked: number[] = [], more: Partial<Checker> = {}): Promise<Checker> => {
  const list = await listOf(revoked)
  return { did, keys: [multikey], statusList: async address => address === statusListAddress(SITE, 1) ? list : null, ...more }
}
const stateOf = async (document: unknown, against?: Checker) => (await checkText(typeof document === 'string' ? document : JSON.stringify(document), against ?? await checker())).state

describe('a badge', () => {
  it('is an Open Badges 3.0 AchievementCredential with all that its standard asks for', () => {
    expect(badge).toMatchObject({
      '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
      'id': `${SITE}/verify/7K3MQ9TDXW2F`, 'type': ['VerifiableCredential', 'AchievementCredential'], 'issuer': { id: 'did:web:learn.example.cn', type: ['Profile'] },
      'validFrom': '2026-05-12T01:02:03Z', 'name': '智能手机入门',
      'credentialSubject': { type: ['AchievementSubject'], creditsEarned: 4.444, achievement: { type: ['Achievement'], achievementType: 'Course', criteria: { narrative: '学完《智能手机入门》全部 8 节课，共 200 分钟。' } } },
      'credentialStatus': { type: 'BitstringStatusListEntry', statusListIndex: '4711', statusPurpose: 'revocation' },
      'proof': { type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022', proofPurpose: 'assertionMethod', verificationMethod: `${did}#${multikey}` },
    })
  })

  it('is valid, and revoked when its bit is set', async () => {
    expect(await stateOf(badge)).toBe('valid')
    expect(await stateOf(badge, await checker([4711]))).toBe('revoked')
    expect(await stateOf(badge, await checker([4710, 4712]))).toBe('valid')
  })

  it('with any byte altered is not valid any more', async () => {
    const bytes = Buffer.from(JSON.stringify(badge))
    const against = await checker()
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
      const altered = Buffer.from(bytes)
      altered[place]! ^= change
      expect(await stateOf(altered.toString('utf8'), against)).not.toMatch(/^(?:valid|revoked|status_list_unreadable)$/)
    }), { numRuns: 400 })
  }, 60_000)

  it.each([
    ['another name', { credentialSubject: { ...badge.credentialSubject as object, identifier: [{ type: 'IdentityObject', hashed: false, identityHash: '李四', identityType: 'name' }] } }],
    ['a word that no context explains', { grade: 'A' }],
    ['no status to look at', { credentialStatus: undefined }],
    ['a later date', { validFrom: '2027-01-01T00:00:00Z' }],
  ])('with %s is altered', async (_what, change) => {
    expect(await stateOf({ ...badge, ...change })).toBe('altered')
  })
})

describe('a transcript', () => {
  it('is a CLR 2.0 credential whose parts are checked one by one', async () => {
    const check = await checkText(JSON.stringify(record), await checker([4711]))
    expect(check).toMatchObject({ state: 'valid', document: { type: ['VerifiableCredential', 'ClrCredential'] }, listed: [{ state: 'revoked' }] })
  })

  it('with a part altered or left out is altered', async () => {
    const subject = record.credentialSubject as { verifiableCredential: Signed[] }
    const parts = (verifiableCredential: unknown[]) => ({ ...record, credentialSubject: { ...subject, verifiableCredential } })
    expect(await stateOf(parts([{ ...badge, name: '别的课' }]))).toBe('altered')
    expect(await stateOf(parts([]))).toBe('altered')
  })
})

describe('what is shown', () => {
  it.each(['', 'hello', '[]', '{}', '{"@context":[]}', '"x"', 'null', JSON.stringify({ ...badge, proof: undefined }), JSON.stringify({ ...badge, '@context': 'https://www.w3.org/ns/credentials/v2' })])(
    'is unreadable: %j', async (text) => { expect(await stateOf(text)).toBe('unreadable') })

  it('in a kind of signature that is not checked here is said to be so', async () => {
    expect(await stateOf({ ...badge, proof: { ...badge.proof, type: 'Ed25519Signature2020' } })).toBe('unsupported')
  })

  it('of another issuer is told apart: its key in its name is checked, an address is not looked up', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const theirs = `did:key:${multikeyOf(privateKey)}`
    const foreign = await sign(documentOf(COURSE, { did: theirs, site: 'https://other.example' }), privateKey, theirs)
    expect(await stateOf(foreign)).toBe('other_issuer')
    expect(await stateOf({ ...foreign, name: 'x' })).toBe('altered')
    const web = 'did:web:other.example'
    expect(await stateOf(await sign(documentOf(COURSE, { did: web, site: 'https://other.example' }), privateKey, web))).toBe('issuer_not_reachable')
  })

  it('in our name by a key that is not ours, or with a proof in another’s name, is altered', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(await stateOf(await sign(documentOf(COURSE, { did, site: SITE }), privateKey))).toBe('altered')
    expect(await stateOf(await sign(documentOf(COURSE, { did, site: SITE }), key, 'did:web:other.example'))).toBe('altered')
  })

  it('signed before the site had an address, or by an earlier key, still counts', async () => {
    const before = `did:key:${multikey}`
    expect(await stateOf(await sign(documentOf(COURSE, { did: before, site: SITE }), key, before))).toBe('valid')
    const later = generateKeyPairSync('ed25519').privateKey
    expect(await stateOf(badge, await checker([], { keys: [multikeyOf(later), multikey] }))).toBe('valid')
  })

  it('signed under the address that the site had before still counts, and is altered like any other', async () => {
    const moved = await checker([4711], { did: 'did:web:new.example.cn' })
    expect(await stateOf(badge, moved)).toBe('revoked')
    expect(await stateOf({ ...badge, name: 'x' }, moved)).toBe('altered')
  })

  it.each([[null], [{}], [{ credentialSubject: { encodedList: 'u!!!' } }], [{ credentialSubject: { encodedList: 'uH4sIAAAAAAAAA' } }]])(
    'against a list that can’t be read (%j) is said to be so', async (list) => {
      expect(await stateOf(badge, await checker([], { statusList: async () => list }))).toBe('status_list_unreadable')
    })
})

describe('the row beside a document', () => {
  const { snapshot } = COURSE
  it.each<[string, Partial<Unsigned>]>([
    ['name', { snapshot: { ...snapshot, name: '李四' } }], ['title', { snapshot: { ...snapshot, title: '书法' } }], ['issuer', { snapshot: { ...snapshot, unit: '别的学校' } }],
    ['credits', { snapshot: { ...snapshot, milliCredits: 9999 } }], ['last day', { snapshot: { ...snapshot, finishedOn: '2026-05-13' } }], ['summary', { snapshot: { ...snapshot, summary: '' } }],
    ['number', { code: '7K3MQ9TDXW2G' }], ['kind', { kind: 'award' }], ['day', { issuedAt: new Date('2026-05-13T01:02:03Z') }], ['list', { listId: 2 }], ['place', { listIndex: 4712 }],
  ])('with another %s does not fit it', (_what, change) => {
    expect(fitsRow(badge, COURSE)).toBe(true)
    expect(fitsRow(badge, { ...COURSE, ...change })).toBe(false)
  })

  it('fits it also when the site has moved', async () => {
    expect(fitsRow(await sign(documentOf(COURSE, { did, site: 'https://old.example.cn/learn' })), COURSE)).toBe(true)
  })
})

describe('a status list', () => {
  const against = async (list: unknown, more: Partial<Checker> = {}) => checker([], { statusList: async () => list, ...more })
  const { privateKey: stranger } = generateKeyPairSync('ed25519')
  const strangers = `did:key:${multikeyOf(stranger)}`

  it('with any byte altered says nothing of a badge any more', async () => {
    const bytes = Buffer.from(JSON.stringify(await listOf([4711])))
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
      const altered = Buffer.from(bytes)
      altered[place]! ^= change
      const read = await Promise.resolve(altered.toString('utf8')).then(text => JSON.parse(text) as unknown).catch(() => null)
      expect(await stateOf(badge, await against(read))).toMatch(/^status_list_(?:unreadable|altered)$/)
    }), { numRuns: 200 })
  }, 60_000)

  it.each<[string, () => Promise<unknown>]>([
    ['of which a bit was taken away', async () => ({ ...await listOf([4711]), credentialSubject: statusListDocument(1, [], at, { did, site: SITE }).credentialSubject })],
    ['of another number', () => listOf([], 2)],
    ['for another purpose', async () => {
      const list = statusListDocument(1, [], at, { did, site: SITE })
      return sign({ ...list, credentialSubject: { ...list.credentialSubject as object, statusPurpose: 'suspension' } })
    }],
    ['signed by a stranger in their own name', () => sign(statusListDocument(1, [], at, { did: strangers, site: SITE }), stranger, strangers)],
    ['signed by a stranger in our name', () => sign(statusListDocument(1, [], at, { did, site: SITE }), stranger)],
  ])('%s is not relied on', async (_what, make) => {
    expect(await stateOf(badge, await against(await make()))).toBe('status_list_altered')
    expect(await checkText(JSON.stringify(record), await against(await make()))).toMatchObject({ state: 'status_list_altered', listed: [{ state: 'status_list_altered' }] })
  })

  it('signed by an earlier key of ours, or before the site had its address, holds', async () => {
    const earlier = `did:key:${multikeyOf(stranger)}`
    const list = await sign(statusListDocument(1, [4711], at, { did: earlier, site: 'http://localhost:3000' }), stranger, earlier)
    expect(await stateOf(badge, await against(list, { keys: [multikey, multikeyOf(stranger)] }))).toBe('revoked')
  })

  it('is read once for a transcript and all that it lists', async () => {
    let reads = 0
    const list = await listOf([])
    expect(await stateOf(record, await checker([], { statusList: async () => (reads++, list) }))).toBe('valid')
    expect(reads).toBe(1)
  })

  it('says of every place whether it is set', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: LIST_BITS - 1 }), { maxLength: 40 }), (revoked) => {
      const list = encodeStatusList(revoked)
      const wrong = [...revoked, 0, 1, 7, 8, LIST_BITS - 1].filter(place => statusAt(list, place) !== revoked.includes(place))
      expect(wrong).toEqual([])
    }), { numRuns: 50 })
  })

  it('has its first bit at the left, and no place beyond its end; a bomb is not unfolded', () => {
    expect(statusAt(encodeStatusList([0]), 0)).toBe(true)
    expect(statusAt(encodeStatusList([0]), LIST_BITS)).toBeNull()
    expect(statusAt(encodeStatusList([]), -1)).toBeNull()
  })

  it('is itself a signed credential', async () => {
    expect(await isSigned(await listOf([3]), publicKeyOf(multikey)!)).toBe(true)
  })
})

describe('the issuer’s name', () => {
  it('is what is configured, else a public https address, else the key', () => {
    expect(issuerOf({ didWeb: 'did:web:edu.example.cn:bank', publicUrl: SITE }, multikey)).toBe('did:web:edu.example.cn:bank')
    expect(issuerOf({ publicUrl: 'https://learn.example.cn:8443/' }, multikey)).toBe('did:web:learn.example.cn%3A8443')
    expect(issuerOf({ publicUrl: 'http://localhost:3000' }, multikey)).toBe(`did:key:${multikey}`)
  })

  it('stands in a document with every key', () => {
    expect(didDocument(did, [multikey])).toMatchObject({ id: did, verificationMethod: [{ id: `${did}#${multikey}`, type: 'Multikey', publicKeyMultibase: multikey }], assertionMethod: [`${did}#${multikey}`] })
  })
})
