import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mountSuspended, registerEndpoint } from '@nuxt/test-utils/runtime'
import { createError, getQuery } from 'h3'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import CreditsPassbook from '~/components/credits/CreditsPassbook.vue'
import CheckPage from '~/pages/credits/check.vue'
import { merkleLeaf, merkleTree, sealStatement } from '~~/shared/utils/merkle'
import type { PassbookLine } from '~~/shared/types/credits'

const line = (id: number, minutes: number, balanceAfterMilliCredits: number): PassbookLine => ({
  id, kind: 'award', outcome: 'posted', postedAt: '2025-02-14T02:00:00Z', what: '学完一节课', why: `${minutes} 分钟 × 0.02`, course: { slug: 'spot-the-scam', title: '识骗防骗' }, lesson: '三类骗局', ground: null,
  milliCredits: minutes * 20, owedMilliCredits: 0, balanceAfterMilliCredits,
})

beforeAll(loadBankTexts)

it('shows why each line is as much as it is, and that opening and lines make the closing', async () => {
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year: 2025, openingMilliCredits: 40, closingMilliCredits: 300, lines: [line(1, 3, 100), line(2, 10, 300)] } } })
  const rows = book.findAll('tbody tr').map(row => row.text())
  expect(rows[0]).toContain('0.04')
  expect(rows[1]).toContain('3 分钟 × 0.02')
  expect(rows[1]).toContain('+0.06')
  expect(book.get('tfoot').text()).toContain('2025 年末余额')
  expect(book.text()).toContain('0.04 + 0.26 = 0.3')
})

it('says so when a year has no line', async () => {
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year: 2024, openingMilliCredits: 0, closingMilliCredits: 0, lines: [] } } })
  expect(book.text()).toContain('2024 年还没有学分')
})

it('does not call the present balance that of the end of the year', async () => {
  const year = chinaYear(new Date())
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year, openingMilliCredits: 0, closingMilliCredits: 60, lines: [line(1, 3, 60)] } } })
  expect(book.get('tfoot').text()).toContain('现在的余额')
})

it('leads to what a line was for where that can be read, and names it where it can not', async () => {
  const granted: PassbookLine = { ...line(1, 0, 5000), kind: 'grant', what: '校外学习成果认定', why: '证书经两位工作人员审核认定：初级育婴员证书', course: null, lesson: null, ground: { text: '育婴员', link: '/credits/recognition#case-3' }, milliCredits: 5000 }
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year: 2025, openingMilliCredits: 0, closingMilliCredits: 5000, lines: [
    granted, { ...granted, id: 2, ground: { text: '八段锦', link: null } }, { ...line(3, 3, 5060), course: { slug: null, title: '停办的课' } },
  ] } } })
  const rows = book.findAll('tbody tr').slice(1)
  expect(rows.map(row => row.find('a').exists() ? row.get('a').attributes('href') : null)).toEqual(['/credits/recognition#case-3', null, null])
  expect(rows.map(row => row.text())).toEqual([expect.stringContaining('证书经两位工作人员审核认定'), expect.stringContaining('八段锦'), expect.stringContaining('停办的课')])
})

describe('the check of one’s own account', async () => {
  const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = (key = publicKey) => key.export({ format: 'der', type: 'spki' }).subarray(-32)
  const links: Buffer[] = []
  const chain: ChainedPosting[] = [20, 30].map((minutes, index) => {
    const own = { account: 1, seq: index + 1, request: `lesson|${minutes}`, outcome: 'posted', minutes, milliCredits: minutes * 20, balanceAfterMilliCredits: index ? 1000 : 400 }
    links.push(digest(Buffer.concat([links.at(-1) ?? Buffer.alloc(0), digest(own.request), Buffer.from(`posted|${minutes}|${own.milliCredits}|${own.balanceAfterMilliCredits}|${own.seq}`)])))
    return { ...own, link: links.at(-1)!.toString('hex') }
  })
  const { root, paths } = await merkleTree([await merkleLeaf(links[0]!, digest), await merkleLeaf(digest('another’s'), digest)], digest)
  const statement = sealStatement('2026-05-12T18:00:00.000Z', 2, hexOf(root))
  const seal = { id: 7, sealedAt: '2026-05-12T18:00:00.000Z', learners: 2, root: hexOf(root), statement, signature: sign(null, Buffer.from(statement), privateKey).toString('hex'), publicKey: hexOf(raw()) }
  const published = { id: 7, sealed_at: seal.sealedAt, learners: 2, root: seal.root, statement, signature: seal.signature, public_key: seal.publicKey }
  const absent = () => { throw createError({ statusCode: 503 }) }
  const answers = { seal: () => ({}) as unknown, file: () => ({}) as unknown, keys: () => ({}) as unknown, chain: () => chain }
  registerEndpoint('/api/credits/seal', () => answers.seal())
  registerEndpoint('/seals/7.json', () => answers.file())
  registerEndpoint('/.well-known/did.json', () => answers.keys())
  registerEndpoint('/api/credits/chain', event => answers.chain().slice(Number(getQuery(event).after)))
  beforeEach(() => {
    answers.seal = () => ({ accounts: [{ account: 1, seq: 1, place: 0, path: paths[0]!.map(hexOf) }], seal: { ...seal, verificationMethod: 'did:web:learn.example.cn#key' } })
    answers.file = () => published
    answers.keys = () => ({ verificationMethod: [{ publicKeyMultibase: multikey(raw()) }] })
    answers.chain = () => chain
  })
  const said = async () => {
    const page = await mountSuspended(CheckPage)
    await expect.poll(() => page.text(), { timeout: 5000 }).toContain('比对了什么')
    return page.text()
  }

  it('says what was compared: lines, way up, published file and key', async () => {
    const text = await said()
    for (const part of ['2 笔全部核对无误', '公布的封印相符，签名有效', '封印之后又记了 1 笔', '第 1 笔的“指纹”，顺着路径算到第 7 号封印', '与您账里记的封印逐项一致', '签名的公钥在本站公布的公钥目录']) expect(text).toContain(part)
  })

  it.each<[string, () => void, string[], string]>([
    ['the published file says something else', () => { answers.file = () => ({ ...published, root: '0'.repeat(64) }) }, ['公布的封印文件，和您账里记的封印不一样', '2 笔全部核对无误'], '逐项一致'],
    ['the published file can’t be fetched', () => { answers.file = absent }, ['这一项没有比对', '签名有效'], '不一样'],
    ['the keys can’t be fetched', () => { answers.keys = absent }, ['没有核对公钥是谁的', '逐项一致'], '签名的公钥在本站'],
    ['the site publishes another key', () => { answers.keys = () => ({ verificationMethod: [{ publicKeyMultibase: multikey(raw(generateKeyPairSync('ed25519').publicKey)) }] }) }, ['封印不是用本站公布的钥匙签的'], '公布的封印相符'],
    ['the seal can’t be fetched', () => { answers.seal = absent }, ['2 笔全部核对无误', '封印现在取不到，没有比对'], '公布的封印相符'],
    ['there is no seal yet', () => { answers.seal = () => null }, ['还没有封印，没有可比对的'], '公布的封印相符'],
    ['a line was altered', () => { answers.chain = () => [chain[0]!, { ...chain[1]!, minutes: 300 }] }, ['第 2 笔对不上'], '核对无误'],
  ])('tells that %s', async (_what, happens, told, untold) => {
    happens()
    const text = await said()
    for (const part of told) expect(text).toContain(part)
    expect(text).not.toContain(untold)
  })
})
