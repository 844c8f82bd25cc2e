/**
 * Chinese text → Pinyin words with tone numbers, the form espeak-ng reads best.
 *
 * Given characters, espeak-ng 1.51 reads each as a word of its own: no choice among several readings (银行 comes out
 * as yín xíng), no tone change of 一 and 不. So words are found here, their readings come from readings.txt where a word
 * is listed and from espeak-ng's own dictionary otherwise, and each word is handed over in one piece.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const words = new Intl.Segmenter('zh', { granularity: 'word' })

const readings = new Map<string, string>()
for (const line of (await readFile(new URL('readings.txt', import.meta.url), 'utf8')).split('\n')) {
  const [word, pinyin] = line.trim().split(/\s+/)
  if (word && pinyin && !word.startsWith('#')) readings.set(word, pinyin)
}
const longestListed = Math.max(...[...readings.keys()].map(word => word.length))

const characters = new Map<string, string>()

/** Asks espeak-ng for the reading of every character of the texts that is not known yet. */
export async function learn(texts: string[]) {
  const unknown = [...new Set(texts.join(''))].filter(character => /[\u4E00-\u9FFF]/.test(character) && !characters.has(character))
  if (!unknown.length) return
  // Full stops between them, or it takes neighbours for a word.
  const { stdout } = await run('espeak-ng', ['-v', 'cmn-latn-pinyin', '-q', '-X', unknown.join('。')], { maxBuffer: 1e8 })
  for (const [, character, pinyin] of stdout.matchAll(/^Replace: (\S+)\s+([a-z]+[1-5])/gm)) characters.set(character!, pinyin!)
}

export function toPinyin(spoken: string): string {
  const parts = split(spoken)
  return parts.map((word, at) => read(word, parts[at - 1] ?? '', parts[at + 1] ?? '')).join(' ')
}

/** Listed words first, the longest before shorter ones; what lies between by the words of the language. */
function split(text: string): string[] {
  const parts: string[] = []
  let rest = ''
  const flush = () => {
    parts.push(...[...words.segment(rest)].map(({ segment }) => segment))
    rest = ''
  }
  for (let at = 0; at < text.length;) {
    const listed = longestAt(text, at)
    if (listed) {
      flush()
      parts.push(listed)
    }
    else {
      rest += text[at]
    }
    at += listed?.length ?? 1
  }
  flush()
  return parts
}

function longestAt(text: string, at: number) {
  for (let length = Math.min(longestListed, text.length - at); length > 1; length--) {
    const word = text.slice(at, at + length)
    if (readings.has(word)) return word
  }
}

function read(word: string, before: string, after: string): string {
  const listed = readings.get(word)
  if (listed) return listed
  return [...word].map((character, at) => {
    const previous = word[at - 1] ?? before.at(-1) ?? ''
    const next = word[at + 1] ?? after[0] ?? ''
    const nextTone = firstTone(word[at + 1] ?? after)
    if (character === '一') return yi(previous, next, nextTone)
    if (character === '不') return previous && previous === next ? 'bu5' : nextTone === 4 ? 'bu2' : 'bu4'
    return readings.get(character) ?? characters.get(character) ?? unreadable(character, word)
  }).join('')
}

const NUMERALS = '零一二三四五六七八九十'

/** 一 keeps its first tone in a number, as an ordinal and at the end; elsewhere the next tone decides. */
function yi(previous: string, next: string, nextTone: number) {
  if (previous && previous === next) return 'yi5' // 看一看
  const counts = [...`${NUMERALS}点第初`].includes(previous) || [...`${NUMERALS}月号`].includes(next)
  if (counts || !next) return 'yi1'
  if (next === '个') return 'yi2' // its own tone, lost here, was the fourth
  return nextTone === 4 ? 'yi2' : 'yi4'
}

function firstTone(word: string) {
  const pinyin = readings.get(word) ?? readings.get(word[0] ?? '') ?? characters.get(word[0] ?? '')
  return Number(/\d/.exec(pinyin ?? '')?.[0] ?? 0)
}

function unreadable(character: string, word: string): never {
  throw new Error(`“${word}”里的“${character}”没有读音，请写进 media/readings.txt`)
}
