/** A lesson's text → the scenes of its video: what is seen and what is said. */
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'

export interface Course { slug: string, title: string, category: string, kind: string }

/** A piece of a spoken sentence up to its next punctuation mark. */
export interface Clause {
  /** As a subtitle shows it. */
  text: string
  /** As it is said: no digits, no Latin letters, no marks. */
  spoken: string
  /** Silence after it, in seconds. */
  pause: number
  endsSentence: boolean
}

export interface Scene {
  kind: 'title' | 'section' | 'closing'
  heading: string
  /** Inline Markdown. */
  lead: string
  /** Short list items in inline Markdown; a slide shows the first that fit. */
  points: string[]
  /** Steps are shown all or not at all. */
  isInSteps: boolean
  clauses: Clause[]
}

export interface Lesson { course: Course, name: string, number: number, title: string, scenes: Scene[] }

const CLOSING = '看完这一课，回到页面继续学习'
const LONGEST_POINT = 24

export async function readCourse(folder: string): Promise<Course> {
  const { title, category, kind = 'course' } = parse(await readFile(join(folder, 'course.yml'), 'utf8'))
  if (!title || !category) throw new Error('course.yml 缺少 title 或 category')
  return { slug: basename(folder), title, category, kind }
}

/** The lesson, or nothing if it is not a video lesson. */
export async function readLesson(course: Course, file: string): Promise<Lesson | undefined> {
  const source = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n')
  const [, head, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(source) ?? []
  if (!head || !body) throw new Error('没有 front matter')
  const { title, kind } = parse(head)
  if (kind !== 'video') return
  const name = basename(file, '.md')
  const [opening = '', ...sections] = body.split(/^## /m).map(part => part.trim())
  if (!opening) throw new Error('第一个小标题之前没有开头一段')
  if (!sections.length) throw new Error('没有“## ”小标题')
  const scenes: Scene[] = [
    { kind: 'title', heading: title, lead: course.title, points: [], isInSteps: false, clauses: toClauses(`${spoken(title)}。${firstParagraph(opening)}`) },
    ...sections.map(toScene),
    { kind: 'closing', heading: CLOSING, lead: course.title, points: [], isInSteps: false, clauses: toClauses(`${CLOSING}。`) },
  ]
  return { course, name, number: Number.parseInt(name), title, scenes }
}

function toScene(section: string): Scene {
  const [heading = '', ...rest] = section.split('\n')
  const text = rest.join('\n').trim()
  const lead = firstParagraph(text)
  if (!lead || /^([-*|>]|\d+\.) /.test(lead)) throw new Error(`“${heading}”后面没有一段可讲的话`)
  return { kind: 'section', heading: heading.trim(), lead: withFigures(lead), ...firstList(text), clauses: toClauses(`${spoken(heading)}。${lead}`) }
}

/** A space in a title is heard as a comma. */
const spoken = (title: string) => title.trim().replace(/(?<=[\u4E00-\u9FFF]) +(?=[\u4E00-\u9FFF])/g, '，')

const firstParagraph = (text: string) => text.split(/\n\s*\n/)[0]!.replaceAll('\n', '').trim()

function firstList(text: string): Pick<Scene, 'points' | 'isInSteps'> {
  const block = text.split(/\n\s*\n/).find(part => /^([-*]|\d+\.) /.test(part)) ?? ''
  const isInSteps = /^\d/.test(block)
  const items = block.split('\n')
    .filter(line => /^([-*]|\d+\.) /.test(line))
    .map(line => line.replace(/^([-*]|\d+\.) /, '').replace(/[。；，]\s*$/, '').trim())
  const short = items.filter(item => plain(item).length <= LONGEST_POINT).slice(0, 3)
  return { points: isInSteps && short.length < items.length ? [] : short, isInSteps }
}

/** Inline Markdown without its marks. */
export const plain = (markdown: string) => markdown
  .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
  .replace(/(\*\*|__|`)/g, '')
  .replace(/\s*[（(][^（）()]{9,}[）)]/g, '')
  .trim()

const PAUSES: Record<string, number> = { '、': 0.1, '，': 0.22, '：': 0.28, '；': 0.34, '—': 0.3, '…': 0.3, '。': 0.45, '！': 0.45, '？': 0.45 }

function toClauses(markdown: string): Clause[] {
  // 96110.com-like dots and times such as 8:30 are not marks of a sentence: only full-width ones are.
  const pieces = plain(markdown).match(/[^、，：；—…。！？]+[、，：；—…。！？]*[”’』」）]*/g) ?? []
  return pieces.map((text) => {
    const mark = /[、，：；—…。！？]/.exec(text)?.[0] ?? '，'
    return { text: withFigures(text), spoken: spell(text), pause: PAUSES[mark]!, endsSentence: /[。！？]/.test(mark) }
  }).filter(clause => clause.spoken)
}

const DIGITS = '零一二三四五六七八九'

/** A telephone number or year written in characters is easier to read, and to dial, in figures. */
const withFigures = (text: string) => text.replace(/[零一二三四五六七八九]{3,}/g, run => [...run].map(digit => DIGITS.indexOf(digit)).join(''))

const UNITS: Record<string, string> = { '℃': '摄氏度', '°C': '摄氏度', 'mmHg': '毫米汞柱', 'mmol/L': '毫摩尔每升', 'kg': '公斤', 'km': '公里', 'cm': '厘米', 'ml': '毫升', 'mL': '毫升', 'mg': '毫克', 'g': '克', 'm': '米' }
const MEASURES = /^\s*(?:次|下|个|元|块|万|亿|克|毫|厘|米|公|千|步|天|人|分|秒|岁|小|度|斤|亩|页|字|倍|名|位|户|家|所|条|平)/
const HOTLINES = new Set(['110', '119', '120', '122'])
const DIALLED = /(?:打|拨|电话|热线|号码|短信|叫|找)[^\d，。；、]{0,6}$/

/** Writes out what has digits or signs as it is said: 打 96110 → 打九六一一零, 30% → 百分之三十. */
function spell(text: string): string {
  return text
    .replace(/(\d+(?:\.\d+)?)\s*(℃|°C|mmHg|mmol\/L|kg|km|cm|ml|mL|mg|g|m)(?![A-Za-z])/g, (_, number, unit) => number + UNITS[unit])
    .replace(/(\d{1,2}):(\d{2})(?!\d)/g, (_, hour, minute) => `${hour}点${minute === '00' ? '' : minute === '30' ? '半' : `${Number(minute)}分`}`)
    .replace(/(\d)\s*[–—~～-]\s*(?=\d)/g, (_, digit, at: number) => isDialled(text, at) ? digit : `${digit}到`)
    .replace(/(\d)\/(?=\d)/g, '$1比')
    .replace(/(\d+(?:\.\d+)?)%/g, (_, number) => `百分之${count(number)}`)
    .replace(/\d+(?:\.\d+)?/g, (number, at: number, whole: string) => {
      const after = whole.slice(at + number.length)
      if (/^\d{4}$/.test(number) && /^\s*年/.test(after)) return digitByDigit(number)
      if (/^\d{3,}$/.test(number) && !MEASURES.test(after) && (number.length > 4 || number.startsWith('0') || HOTLINES.has(number) || DIALLED.test(whole.slice(0, at)))) return digitByDigit(number)
      if (number === '2' && /^\s*(?![月日号楼级维]|十)[\u4E00-\u9FFF]/.test(after) && !/[第十]\s*$/.test(whole.slice(0, at))) return '两'
      return count(number)
    })
    .replace(/[^\u4E00-\u9FFFA-Za-z]/g, '')
}

const isDialled = (text: string, at: number) => DIALLED.test(text.slice(0, at).replace(/[\d-]+$/, ''))
const digitByDigit = (number: string) => [...number].map(digit => DIGITS[Number(digit)]).join('')

/** 105 → 一百零五 */
function count(number: string): string {
  const [whole = '0', fraction] = number.split('.')
  return inWords(Number(whole)) + (fraction ? `点${digitByDigit(fraction)}` : '')
}

function inWords(number: number): string {
  if (number < 10) return DIGITS[number]!
  if (number < 20) return `十${number === 10 ? '' : DIGITS[number - 10]}`
  const [size, name] = ([[1e8, '亿'], [1e4, '万'], [1000, '千'], [100, '百'], [10, '十']] as const).find(([size]) => number >= size)!
  const rest = number % size
  const gap = rest && rest < size / 10 ? '零' : ''
  const tail = rest >= 10 && rest < 20 ? `一${inWords(rest)}` : inWords(rest)
  return inWords(Math.floor(number / size)) + name + (rest ? gap + tail : '')
}
