/** Stills and a sound track → MP4 and poster, and the check that they keep the limits. */
import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { HEIGHT, WIDTH } from './slides.ts'

const run = promisify(execFile)

export const FRAME = 0.2
export const LIMITS = { secondsMin: 30, secondsMax: 120, videoBytes: 400_000, posterBytes: 30_000 }
const LOUDNESS = 'loudnorm=I=-18:TP=-2:LRA=7'
const TONE = 'highpass=f=70'
/**
 * Constant quantiser: the stills come out the same in every frame, so all but the first of a scene are skipped blocks.
 * A whole picture costs some 15 KB; one at each scene's start, not every few seconds, is what the size allows, and a
 * seek decodes a few dozen empty frames at most. Colour gets finer steps, or the paper shifts its tint.
 */
const PICTURE = ['-c:v', 'libx264', '-profile:v', 'high', '-preset', 'veryslow', '-qp', '35', '-x264-params', 'psy=0:chroma-qp-offset=-6', '-threads', '1', '-sc_threshold', '0']
/** The fast coder with a quality target keeps sibilants (4–8 kHz) that the default coder drops at twice the size. */
const SOUND = ['-c:a', 'aac', '-aac_coder', 'fast', '-q:a', '0.27', '-cutoff', '8000', '-ac', '1']
const BITEXACT = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact']

export interface Still { file: string, seconds: number }

export async function encode(stills: Still[], wav: string, listFile: string, target: string) {
  // The concat reader drops the duration of its last entry unless the file is named once more.
  const entries = [...stills.map(({ file, seconds }) => `file '${file}'\nduration ${seconds.toFixed(2)}`), `file '${stills.at(-1)!.file}'`]
  await writeFile(listFile, `${entries.join('\n')}\n`)
  const seconds = stills.reduce((sum, still) => sum + still.seconds, 0)
  const starts = stills.map((_, at) => stills.slice(0, at).reduce((sum, still) => sum + still.seconds, 0).toFixed(2))
  const audio = `${TONE},${await measuredLoudness(wav)},aresample=24000`
  await ffmpeg(
    '-f', 'concat', '-safe', '0', '-i', listFile, '-i', wav, '-t', seconds.toFixed(2),
    '-vf', `fps=${1 / FRAME},scale=${WIDTH}:${HEIGHT}:out_color_matrix=bt709:out_range=tv,format=yuv420p`,
    ...PICTURE, '-g', String(20 / FRAME), '-force_key_frames', starts.join(','),
    '-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv',
    '-af', audio, ...SOUND,
    '-movflags', '+faststart', ...BITEXACT, target,
  )
}

export async function poster(still: string, target: string) {
  await ffmpeg('-i', still, '-vf', 'format=yuvj420p', '-frames:v', '1', '-update', '1', '-q:v', '5', '-huffman', 'optimal', ...BITEXACT, target)
}

/** loudnorm in two passes: the first measures, the second then only shifts the level and does not pump. */
async function measuredLoudness(wav: string) {
  const { stderr } = await run('ffmpeg', ['-hide_banner', '-nostdin', '-i', wav, '-af', `${TONE},${LOUDNESS}:print_format=json`, '-f', 'null', '-'])
  const measured = JSON.parse(stderr.slice(stderr.lastIndexOf('{'), stderr.lastIndexOf('}') + 1))
  return `${LOUDNESS}:measured_I=${measured.input_i}:measured_TP=${measured.input_tp}:measured_LRA=${measured.input_lra}:measured_thresh=${measured.input_thresh}:offset=${measured.target_offset}:linear=true`
}

const ffmpeg = (...args: string[]) => run('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...args])

export interface Made { seconds: number, videoBytes: number, posterBytes: number }

/** Everything a player relies on; the error names what is wrong. */
export async function check(video: string, posterFile: string): Promise<Made> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', video])
  const { streams, format } = JSON.parse(stdout)
  const picture = streams.find((stream: { codec_type: string }) => stream.codec_type === 'video')
  const sound = streams.find((stream: { codec_type: string }) => stream.codec_type === 'audio')
  const seconds = Number(format.duration)
  const [videoBytes, posterBytes] = await Promise.all([video, posterFile].map(async file => (await stat(file)).size)) as [number, number]
  const faults = [
    picture?.codec_name !== 'h264' && '画面不是 H.264',
    picture?.pix_fmt !== 'yuv420p' && `像素格式是 ${picture?.pix_fmt}`,
    (picture?.width !== WIDTH || picture?.height !== HEIGHT) && `画面是 ${picture?.width}×${picture?.height}`,
    sound?.codec_name !== 'aac' && '声音不是 AAC',
    sound?.channels !== 1 && '声音不是单声道',
    seconds < LIMITS.secondsMin && `只有 ${seconds.toFixed(0)} 秒，短于 ${LIMITS.secondsMin} 秒，请写长一些`,
    seconds > LIMITS.secondsMax && `有 ${seconds.toFixed(0)} 秒，长于 ${LIMITS.secondsMax} 秒，请写短一些`,
    videoBytes > LIMITS.videoBytes && `视频有 ${videoBytes} 字节，超过 ${LIMITS.videoBytes}`,
    posterBytes > LIMITS.posterBytes && `封面有 ${posterBytes} 字节，超过 ${LIMITS.posterBytes}`,
    !await startsAtOnce(video) && '索引（moov）不在数据前面，不能边下边播',
  ].filter(Boolean)
  if (faults.length) throw new Error(faults.join('；'))
  return { seconds: Math.round(seconds * 10) / 10, videoBytes, posterBytes }
}

/** Whether the index (moov) comes before the data (mdat). */
async function startsAtOnce(file: string) {
  const bytes = await readFile(file)
  const order: string[] = []
  for (let at = 0; at + 8 <= bytes.length; at += Math.max(8, bytes.readUInt32BE(at))) order.push(bytes.toString('latin1', at + 4, at + 8))
  return order.indexOf('moov') >= 0 && order.indexOf('moov') < order.indexOf('mdat')
}
