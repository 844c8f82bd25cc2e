/** When each clause is heard → WebVTT with cues of at most two short lines. */
import type { Heard, Track } from './speech.ts'

const LINE = 22
const LINES = 2
const words = new Intl.Segmenter('zh', { granularity: 'word' })

interface Cue { from: number, to: number, text: string }

export function toWebVtt(track: Track): string {
  const cues = track.scenes.flatMap(scene => toCues(scene.clauses))
  return ['WEBVTT', '', ...cues.map(({ from, to, text }, at) =>
    `${at + 1}\n${clock(from)} --> ${clock(to)}\n${lines(text).join('\n')}\n`)].join('\n')
}

/** Clauses of one sentence share a cue while they fit on one line or the sentence fits on two. */
function toCues(clauses: Heard[]): Cue[] {
  const cues: Cue[] = []
  let open: Cue | undefined
  for (const clause of clauses.flatMap(halve)) {
    if (open && bare(open.text + clause.text).length <= LINE) {
      open.to = clause.to
      open.text += clause.text
    }
    else {
      open = { from: clause.from, to: clause.to, text: clause.text }
      cues.push(open)
    }
    if (clause.endsSentence) open = undefined
  }
  // A cue stays a moment longer than its last sound, but never into the next.
  return cues.map((cue, at) => ({ ...cue, to: Math.min(cue.to + 0.3, cues[at + 1]?.from ?? Infinity) }))
}

/** A clause too long for a cue is cut between words; its time is shared by length. */
function halve(clause: Heard): Heard[] {
  if (bare(clause.text).length <= LINE * LINES) return [clause]
  const [first, second] = cut(clause.text)
  const middle = clause.from + (clause.to - clause.from) * first.length / clause.text.length
  return [...halve({ ...clause, text: first, to: middle, endsSentence: false }), ...halve({ ...clause, text: second, from: middle })]
}

function lines(text: string): string[] {
  const shown = bare(text)
  return shown.length <= LINE ? [shown] : cut(shown)
}

/** Cuts near the middle, between two words and not before a mark. */
function cut(text: string): [string, string] {
  const edges = [...words.segment(text)]
    .filter(({ segment, index }) => index > 0 && !/^[、，：；—…。！？”’』」）]/.test(segment))
    .map(({ index }) => index)
  const best = edges.sort((a, b) => Math.abs(a - text.length / 2) - Math.abs(b - text.length / 2))[0] ?? Math.ceil(text.length / 2)
  return [text.slice(0, best).trim(), text.slice(best).trim()]
}

/** Subtitles drop the mark that ends them, unless it asks or calls. */
const bare = (text: string) => text.trim().replace(/[、，：；。]+$/, '')

function clock(seconds: number) {
  const milliseconds = Math.round(seconds * 1000)
  const part = (size: number, modulo: number, digits: number) => String(Math.floor(milliseconds / size) % modulo).padStart(digits, '0')
  return `${part(3600000, 100, 2)}:${part(60000, 60, 2)}:${part(1000, 60, 2)}.${part(1, 1000, 3)}`
}
