// What a page costs a phone before anybody touches it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Response } from 'playwright-core'
import { afterAll, expect, it } from 'vitest'
import volunteersZh from '../../i18n/volunteers/zh-CN.json' with { type: 'json' }
import myActivitiesZh from '../../i18n/activities/mine/zh-CN.json' with { type: 'json' }
import recordsZh from '../../i18n/records/zh-CN.json' with { type: 'json' }
import familyZh from '../../i18n/family/zh-CN.json' with { type: 'json' }
import feedbackZh from '../../i18n/feedback/zh-CN.json' with { type: 'json' }
import activitiesZh from '../../i18n/activities/zh-CN.json' with { type: 'json' }
import bankZh from '../../i18n/bank/zh-CN.ts'
import certificatesZh from '../../i18n/certificates/zh-CN.json' with { type: 'json' }
import checkInZh from '../../i18n/check-in/zh-CN.json' with { type: 'json' }
import deskZh from '../../i18n/desk/zh-CN.ts'
import drawsZh from '../../i18n/draws/zh-CN.json' with { type: 'json' }
import meritsZh from '../../i18n/merits/zh-CN.ts'
import venuesZh from '../../i18n/venues/zh-CN.json' with { type: 'json' }
import residentZh from '../../i18n/zh-CN.json' with { type: 'json' }
import { DEMO_RESIDENTS } from '../../demo/accounts.ts'
import { type Visit, alive, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const KB = 1024
const LARGEST = { script: 110 * KB, stylesheet: 20 * KB, document: 30 * KB }
const VIDEO = '/courses/leftover-food-safety/keep-and-reheat'
/** The one in whose line the demo's elder waits; its address is asked for, being drawn anew with each region. */
const ACTIVITY = '/activities/*'
/** A draw of the demo that is over. */
const DRAW = '/draws/*'
const PAGES: { path: string, as?: Visit['as'] }[] = [
  ...['/', '/courses', '/courses/spot-the-scam', VIDEO, '/courses/first-smartphone/chat-on-wechat', '/micro-lectures', '/activities', DRAW, '/volunteers', '/venues', '/lecturers', '/check-in', '/schools', '/schools/QJ-YX',
    '/schools/QJ-YX-01-S', '/news', '/news/citrus-course', '/figures', '/help', '/help/credits', '/policies/privacy', '/sign-in', '/sign-in/staff', '/verify', '/no-such-page'].map(path => ({ path })),
  ...['/', '/my', '/my/activities', '/my/calendar', '/my/seats', '/feedback', '/my/no-shows', '/my/family', '/my/together', '/my/records', '/my/service', '/my/team-rooms', '/volunteers', '/activities', '/check-in', ACTIVITY, DRAW, '/passbook', '/credits/honours', '/credits/honours/board', '/credits/awards', '/credits/rules', '/credits/rewards', '/credits/points', '/credits/recognition', '/credits/statement', '/credits/certificates', '/credits/transcript', '/courses', VIDEO].map(path => ({ path, as: DEMO_RESIDENTS.elder })),
]

interface Piece { path: string, type: string, text: string, gzip: number }
const table: { page: string, scriptKB: number, stylesheetKB: number, documentKB: number, requests: number }[] = []
const kilobytes = (pieces: Piece[], type: string) => pieces.filter(piece => piece.type === type).reduce((sum, { gzip }) => sum + gzip, 0)
/** video.js, its style and its words. */
const isPlayer = ({ type, text }: Piece) => type !== 'document' && /vjs-control-bar|Play Video/.test(text)

/** Everything that arrives until the page is at rest. */
async function load({ path, as }: { path: string, as?: Visit['as'] }): Promise<Piece[]> {
  if (path === DRAW) path = `/draws/${(await sql()`select code from public.activities where title = '腊味香肠制作'`)[0]!.code as string}`
  if (path === ACTIVITY) path = `/activities/${(await sql()`select code from public.activities where title = '亲子剪纸'`)[0]!.code as string}`
  const arrived: Response[] = []
  const pieces: Piece[] = []
  await visit({ as, allow: [/status of 40[34]/] }, async (page) => {
    page.on('response', response => arrived.push(response))
    await page.goto(path)
    await alive(page)
    if (path === VIDEO) await page.getByTitle('播放速度').waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
    for (const response of arrived) {
      const type = response.request().resourceType()
      // One measure for all, however it was sent.
      const body = ['script', 'stylesheet', 'document', 'fetch', 'font'].includes(type) ? await response.body() : Buffer.alloc(0)
      pieces.push({ path: new URL(response.url()).pathname, type, text: body.toString(), gzip: gzipSync(body, { level: 9 }).length })
    }
  })
  return pieces
}

const RESIDENT_TEXTS = [residentZh, familyZh, recordsZh, venuesZh, feedbackZh, bankZh, meritsZh, certificatesZh, activitiesZh, myActivitiesZh, drawsZh, volunteersZh, checkInZh].flatMap(textsOf)
/** Texts that only the desk says, not even as a part of what residents are told. */
const DESK_TEXTS = textsOf(deskZh).filter(text => text.length >= 8 && !text.includes('{') && !RESIDENT_TEXTS.some(told => told.includes(text)))

it.concurrent.each(PAGES.map(page => ({ ...page, who: page.as ? 'somebody signed in' : 'a visitor' })))('$path for $who stays within the budget and brings nothing it does not need', async (page) => {
  const pieces = await load(page)
  const initial = pieces.filter(piece => !isPlayer(piece))
  const [script, stylesheet, document] = (['script', 'stylesheet', 'document'] as const).map(type => kilobytes(initial, type))
  table.push({ page: page.as ? `${page.path}, signed in` : page.path, scriptKB: tenths(script!), stylesheetKB: tenths(stylesheet!), documentKB: tenths(document!), requests: pieces.length })
  expect(script).toBeGreaterThan(40 * KB) // the measure works
  expect(script).toBeLessThanOrEqual(LARGEST.script)
  expect(stylesheet).toBeGreaterThan(2 * KB)
  expect(stylesheet).toBeLessThanOrEqual(LARGEST.stylesheet)
  expect(document).toBeGreaterThan(KB)
  expect(document).toBeLessThanOrEqual(LARGEST.document)

  expect(pieces.filter(({ type }) => type === 'font').map(({ path }) => path)).toEqual([])
  expect(initial.filter(({ type, text }) => type === 'stylesheet' && text.includes('@font-face')).map(({ path }) => path)).toEqual([])
  expect(pieces.filter(({ path, text }) => /\.wasm$|sqlite|\/__nuxt_content/.test(path) || /sqlite3|WebAssembly\.instantiate/.test(text)).map(({ path }) => path)).toEqual([])
  expect(pieces.filter(({ type, text }) => ['script', 'fetch'].includes(type) && DESK_TEXTS.some(said => text.includes(said))).map(({ path }) => path)).toEqual([])

  const player = pieces.filter(isPlayer)
  if (page.path === VIDEO) {
    // Fetched once the page is alive; the page itself does not ask for it.
    expect(player.length).toBeGreaterThan(0)
    const [html] = pieces.filter(({ type }) => type === 'document')
    for (const { path } of player) expect(html!.text).not.toContain(path)
  }
  else expect(player.map(({ path }) => path)).toEqual([])
})

it('the desk is what the pages above are searched for, and its files are its own', async () => {
  const [desk, home] = [await load({ path: '/desk/metrics', as: { username: 'qingxi' } }), await load({ path: '/', as: { username: 'qingxi' } })]
  const scripts = (pieces: Piece[]) => pieces.filter(({ type }) => type === 'script')
  const texts = scripts(desk).map(({ text }) => text).join('')
  expect(DESK_TEXTS.filter(said => texts.includes(said)).length).toBeGreaterThan(DESK_TEXTS.length / 2)
  const ofResidents = new Set(scripts(home).map(({ path }) => path))
  const own = scripts(desk).filter(({ path }) => !ofResidents.has(path))
  expect(own.length).toBeGreaterThan(2)
  expect(kilobytes(desk, 'script')).toBeLessThanOrEqual(350 * KB)
})

afterAll(() => {
  if (!process.env.BENCH_WRITE) return
  const file = fileURLToPath(new URL('../../bench/results/budgets.json', import.meta.url))
  mkdirSync(fileURLToPath(new URL('../../bench/results', import.meta.url)), { recursive: true })
  const budget = { scriptKB: LARGEST.script / KB, stylesheetKB: LARGEST.stylesheet / KB, documentKB: LARGEST.document / KB }
  writeFileSync(file, `${JSON.stringify({ measure: 'gzip level 9, before any interaction, 360 px wide', budget, pages: table.sort((a, b) => a.page.localeCompare(b.page)) }, null, 2)}\n`)
})

function textsOf(texts: object): string[] {
  return Object.values(texts).flatMap(text => typeof text === 'string' ? [text] : textsOf(text as object))
}
function tenths(bytes: number): number {
  return Math.round(bytes / KB * 10) / 10
}
