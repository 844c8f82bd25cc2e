/** What is said in a lesson → one sound track, and when each clause is heard. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { learn, toPinyin } from './pinyin.ts'
import type { Clause, Scene } from './script.ts'

const run = promisify(execFile)

/**
 * The voice named cmn spells Pinyin out as English in the packaged espeak-ng; cmn-latn-pinyin reads it as it should.
 * The default melody spans five semitones; twice the range keeps the four tones apart.
 */
export const VOICE = { name: 'cmn-latn-pinyin', pitch: 62, range: '200%', speeds: [165, 175, 185] }
const RATE = 22050
const BEFORE_SCENE = 0.3
const BETWEEN_SCENES = 0.6

export interface Heard extends Clause { from: number, to: number }
export interface Track { seconds: number, scenes: { seconds: number, clauses: Heard[] }[] }

/** Speaks the scenes into a WAV file, faster only if the slow reading is longer than allowed. */
export async function speak(scenes: Scene[], file: string, longest: number, frame: number): Promise<Track> {
  await learn(scenes.flatMap(scene => scene.clauses.map(clause => clause.spoken)))
  for (const speed of VOICE.speeds) {
    const { track, samples } = await read(scenes, speed, frame)
    if (track.seconds > longest && speed !== VOICE.speeds.at(-1)) continue
    await writeFile(file, toWav(samples))
    return track
  }
  throw new Error('没有可用的语速')
}

async function read(scenes: Scene[], speed: number, frame: number) {
  const pieces: Int16Array[] = []
  let length = 0
  const add = (piece: Int16Array) => {
    pieces.push(piece)
    length += piece.length
  }
  const track: Track = { seconds: 0, scenes: [] }
  for (const scene of scenes) {
    const start = length
    add(silence(BEFORE_SCENE))
    const clauses: Heard[] = []
    for (const clause of scene.clauses) {
      const from = length / RATE
      add(trim(await synthesise(toPinyin(clause.spoken), speed, clause.endsSentence)))
      clauses.push({ ...clause, from, to: length / RATE })
      add(silence(clause.pause))
    }
    // A scene lasts whole frames, so that picture and sound change together.
    const wanted = Math.ceil(((length - start) / RATE + BETWEEN_SCENES) / frame) * frame
    add(silence(wanted - (length - start) / RATE))
    track.scenes.push({ seconds: wanted, clauses })
    track.seconds += wanted
  }
  const samples = new Int16Array(length)
  let at = 0
  for (const piece of pieces) {
    samples.set(piece, at)
    at += piece.length
  }
  return { track, samples }
}

async function synthesise(pinyin: string, speed: number, endsSentence: boolean): Promise<Int16Array> {
  const text = `<speak><prosody range="${VOICE.range}">${pinyin}${endsSentence ? '.' : ','}</prosody></speak>`
  const { stdout } = await run('espeak-ng', ['-v', VOICE.name, '-s', String(speed), '-p', String(VOICE.pitch), '-z', '-m', '--stdout', text], { encoding: 'buffer', maxBuffer: 1e8 })
  const body = stdout.subarray(44)
  return new Int16Array(body.buffer.slice(body.byteOffset, body.byteOffset + (body.length & ~1)))
}

/** Pauses are ours to set, so the voice's own are cut off, a breath short of the sound. */
function trim(samples: Int16Array) {
  const margin = Math.round(0.02 * RATE)
  const loud = (sample: number) => Math.abs(sample) > 150
  const first = samples.findIndex(loud)
  if (first < 0) throw new Error('espeak-ng 没有出声')
  return samples.subarray(Math.max(0, first - margin), samples.findLastIndex(loud) + margin)
}

const silence = (seconds: number) => new Int16Array(Math.max(0, Math.round(seconds * RATE)))

function toWav(samples: Int16Array): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.byteLength, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([head, Buffer.from(samples.buffer)])
}
