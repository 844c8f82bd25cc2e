import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../server/packs/markdown.ts'
import { readMp4 } from '../../server/packs/mp4.ts'
import { BrokenPack, readPack } from '../../server/packs/pack.ts'
import { box, COURSE, lesson, mp4, scratchFolder, video, writePack } from '../fixtures/packs.ts'

const folder = scratchFolder()
const CATEGORIES = new Set(['health'])

function faultsOf(files: Record<string, string | Buffer | null>, slug = 'falls'): string[] {
  try { readPack(writePack(folder, slug, files), CATEGORIES) }
  catch (error) { if (error instanceof BrokenPack) return error.faults; throw error }
  return []
}

describe('a broken pack is named with file and line', () => {
  const video01 = lesson({ kind: 'video' })
  it.each([
    ['YAML that cannot be read', { 'course.yml': 'title: 防跌倒\nsummary: "no end\n' }, /^falls\/course\.yml:\d: /],
    ['an alias of nothing', { 'course.yml': COURSE.replace('防跌倒', '*nobody') }, /^falls\/course\.yml:1: /],
    ['a key that is missing', { 'course.yml': COURSE.replace(/author.*\n/, '') }, /^falls\/course\.yml:1: author: /],
    ['a value of the wrong kind', { 'course.yml': COURSE.replace('kind: course', 'kind: lecture') }, /^falls\/course\.yml:5: kind: /],
    ['a key nobody knows', { 'course.yml': `${COURSE}colour: red\n` }, /^falls\/course\.yml:9: ·: .*colour/],
    ['a category that does not exist', { 'course.yml': COURSE.replace('health', 'alchemy') }, /^falls\/course\.yml:3: category: .*no such category/],
    ['a day that does not exist', { 'course.yml': COURSE.replace('2026-09-15', '2026-02-30') }, /^falls\/course\.yml:8: updated: /],
    ['no course.yml', { 'course.yml': null }, /^falls\/course\.yml: .*missing/],
    ['no lesson', { '01-first.md': null }, /^falls: .*no lesson/],
    ['a lesson without front matter', { '01-first.md': '先从门口看起。' }, /^falls\/01-first\.md:1: .*front matter/],
    ['a lesson without text', { '01-first.md': lesson({ body: '' }) }, /^falls\/01-first\.md:7: .*no text/],
    ['a lesson of the wrong length', { '01-first.md': lesson().replace('minutes: 5', 'minutes: 0') }, /^falls\/01-first\.md:4: minutes: /],
    ['a lesson named otherwise', { 'intro.md': lesson() }, /^falls\/intro\.md: .*01-first-lesson/],
    ['two lessons of one position', { '01-second.md': lesson() }, /^falls\/01-second\.md:1: .*repeats "01" of 01-first\.md/],
    ['two lessons of one name', { '02-first.md': lesson() }, /^falls\/02-first\.md:1: .*repeats "first" of 01-first\.md/],
    ['a micro-lecture of two lessons', { 'course.yml': COURSE.replace('kind: course', 'kind: micro_lecture'), '02-second.md': lesson() }, /^falls\/02-second\.md:1: .*one lesson/],
    ['a video that is missing', { '01-first.md': video01, ...video('01-first'), 'media/01-first.vtt': null }, /^falls\/media\/01-first\.vtt: .*missing/],
    ['a video that is no MP4', { '01-first.md': video01, ...video('01-first'), 'media/01-first.mp4': 'GIF89a is another thing' }, /^falls\/media\/01-first\.mp4: .*not a usable MP4/],
    ['a video that is cut off', { '01-first.md': video01, ...video('01-first'), 'media/01-first.mp4': mp4().subarray(0, 100) }, /^falls\/media\/01-first\.mp4: .*not a usable MP4/],
    ['a video that plays only once it is whole', { '01-first.md': video01, ...video('01-first', 'one', { fastStart: false }) }, /^falls\/media\/01-first\.mp4: .*\+faststart/],
  ])('%s', (_, files, fault) => {
    expect(faultsOf(files)).toEqual([expect.stringMatching(fault)])
  })

  it('with every fault at once, in both languages', () => {
    const faults = faultsOf({ 'course.yml': COURSE.replace('kind: course', 'kind: lecture').replace('2026-09-15', 'soon'), '01-first.md': lesson().replace('minutes: 5', 'minutes: five') })
    expect(faults).toHaveLength(3)
    for (const fault of faults) expect(fault).toMatch(/[\u4e00-\u9fff].*Invalid/)
  })

  it('by the folder, when that is what is wrong', () => {
    expect(faultsOf({}, 'Falls Prevention')).toEqual([expect.stringMatching(/^Falls Prevention: /)])
  })
})

describe('a pack', () => {
  it('is read whole: lessons in order, text rendered, facts of the video', () => {
    const pack = readPack(writePack(folder, 'whole', { '01-first.md': lesson({ kind: 'video' }), '02-second.md': lesson({ body: '**站稳**' }), ...video('01-first') }), CATEGORIES)
    expect(pack).toMatchObject({ slug: 'whole', kind: 'course', also: [], local_feature: false })
    expect(pack.lessons.map(({ slug, position }) => [slug, position])).toEqual([['first', 1], ['second', 2]])
    expect(pack.lessons[0]!.video).toMatchObject({ durationMs: 30_000, width: 640, height: 360, poster: { bytes: 10 } })
    expect(pack.lessons[1]).toMatchObject({ html: '<p><strong>站稳</strong></p>', length: 2, watched_share: 0.9 })
  })

  it('has another hash once a text or a picture changes, and the same one otherwise', () => {
    const files = { '01-first.md': lesson({ kind: 'video' }), ...video('01-first') }
    const hash = (more = {}) => readPack(writePack(folder, 'hashed', { ...files, ...more }), CATEGORIES).hash
    const before = hash()
    expect(hash()).toBe(before)
    const others = [hash({ 'course.yml': `${COURSE}local_feature: true\n` }), hash({ '01-first.md': lesson({ kind: 'video', body: '别的。' }) }),
      hash({ 'media/01-first.jpg': 'another' }), hash({ 'media/01-first.vtt': 'WEBVTT\n\n' }), hash(video('01-first', 'two'))]
    expect(new Set([before, ...others]).size).toBe(6)
  })

  it('is read the same from a machine that ends lines its own way', () => {
    const pack = readPack(writePack(folder, 'windows', { '01-first.md': `\uFEFF${lesson().replaceAll('\n', '\r\n')}` }), CATEGORIES)
    expect(pack.lessons[0]!.title).toBe('收好绊脚的东西')
    rmSync(join(folder, 'windows'), { recursive: true })
  })
})

describe('an MP4', () => {
  it('tells its length, its size and where its index is', () => {
    expect(readMp4(mp4({ seconds: 61, width: 1280, height: 720 }))).toEqual({ durationMs: 61_000, width: 1280, height: 720, isFastStart: true })
    expect(readMp4(mp4({ fastStart: false })).isFastStart).toBe(false)
  })

  it.each([
    ['is empty', Buffer.alloc(0)], ['is text', Buffer.from('hello, this is a text and no video at all')],
    ['has no picture', mp4({ width: 0, height: 0 })], ['has no length', mp4({ seconds: 0 })],
    ['has no movie header', Buffer.concat([box('moov', box('udta')), box('mdat')])],
    ['has a header that is cut off', Buffer.concat([box('moov', box('mvhd', Buffer.alloc(4))), box('mdat')])],
    ['has a box without end', Buffer.from([0, 0, 0, 4, 0x6D, 0x6F, 0x6F, 0x76])],
  ])('is refused when it %s', (_, file) => {
    expect(() => readMp4(file)).toThrow(/not a usable MP4/)
  })
})

describe('a lesson’s text', () => {
  it.each([
    ['a script', '好<script>alert(1)</script>'], ['raw HTML', '<img src=x onerror=alert(1)> 好 <iframe src="https://x.cn"></iframe>'],
    ['a javascript: link', '[好](javascript:alert(1))'], ['a javascript: link in disguise', '[好](JaVaScRiPt&colon;alert(1))'],
    ['a data: picture', '![好](data:text/html;base64,PHNjcmlwdD4=)'], ['a style', '<p style="position:fixed">好</p>'],
  ])('comes without %s', (_, markdown) => {
    expect(renderMarkdown(`${markdown}\n\n好`).html).not.toMatch(/<script|onerror|<iframe|javascript|data:|style=|<img src="x/i)
  })

  it('keeps what a lesson is written with', () => {
    const { html } = renderMarkdown('## 一\n\n1. [站稳](https://example.cn)\n\n| 日 | 次 |\n| --- | --- |\n| 一 | 3 |')
    for (const part of ['<h2>', '<ol>', 'href="https://example.cn"', '<td>3</td>']) expect(html).toContain(part)
  })

  it('counts what a reader sees', () => {
    expect(renderMarkdown('**站 稳**\n\n[好](https://example.cn)').length).toBe(3)
  })
})
