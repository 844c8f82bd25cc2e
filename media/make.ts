/** node media/make.ts [slug…] — makes the video, subtitles and poster of every video lesson; see README.md. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { check, encode, FRAME, LIMITS, type Made, poster } from './encode.ts'
import { lookOf } from './looks.ts'
import { learn, toPinyin } from './pinyin.ts'
import { type Lesson, readCourse, readLesson } from './script.ts'
import { draw } from './slides.ts'
import { speak, VOICE } from './speech.ts'
import { toWebVtt } from './subtitles.ts'

/** Raise it when the way lessons are drawn, spoken or encoded changes: every lesson is then made anew. */
const RECIPE = 1

const LIBRARY = fileURLToPath(new URL('../content/courses/', import.meta.url))

const EXTENSIONS = ['mp4', 'vtt', 'jpg']

interface Entry extends Made { inputs: string }
type Manifest = Record<string, Entry>

let browser: Browser | undefined
const problems: string[] = []
const totals = { made: 0, kept: 0, bytes: 0 }

try {
  requirePrograms('chromium', 'ffmpeg', 'ffprobe', 'espeak-ng')
  for (const slug of await chosenCourses()) await makeCourse(slug)
}
catch (error) {
  problems.push(wordsOf(error))
}
finally {
  await browser?.close()
}
if (totals.made + totals.kept) console.log(`\n新做 ${totals.made} 课，没变的 ${totals.kept} 课，视频、字幕和封面共 ${(totals.bytes / 1e6).toFixed(2)} MB`)
if (problems.length) {
  console.error(`\n${problems.length} 处有问题：\n${problems.join('\n')}`)
  process.exitCode = 1
}

async function chosenCourses() {
  const all = (await readdir(LIBRARY, { withFileTypes: true })).filter(entry => entry.isDirectory()).map(entry => entry.name).sort()
  const wanted = process.argv.slice(2)
  for (const slug of wanted) if (!all.includes(slug)) throw new Error(`没有课程 ${slug}`)
  return wanted.length ? wanted : all
}

async function makeCourse(slug: string) {
  const folder = join(LIBRARY, slug)
  const target = join(folder, 'media')
  const manifestFile = join(target, 'manifest.json')
  const before: Manifest = existsSync(manifestFile) ? JSON.parse(await readFile(manifestFile, 'utf8')) : {}
  const after: Manifest = {}
  for (const file of (await readdir(folder)).filter(name => /^\d\d-.*\.md$/.test(name)).sort()) {
    const path = `content/courses/${slug}/${file}`
    try {
      const lesson = await readLesson(await readCourse(folder), join(folder, file))
      if (!lesson) continue
      const inputs = await fingerprint(lesson)
      const known = before[lesson.name]
      const isKept = known?.inputs === inputs && await isWhole(target, lesson.name, known)
      after[lesson.name] = isKept ? known : { inputs, ...await makeLesson(lesson, target) }
      totals[isKept ? 'kept' : 'made']++
      const { seconds, videoBytes } = after[lesson.name]!
      for (const extension of EXTENSIONS) totals.bytes += (await stat(join(target, `${lesson.name}.${extension}`))).size
      console.log(`${isKept ? '没变' : '做好'}  ${path}  ${seconds} 秒  ${Math.round(videoBytes / 1000)} KB`)
    }
    catch (error) {
      problems.push(`${path}：${wordsOf(error)}`)
      console.error(`没做成  ${path}`)
    }
  }
  if (existsSync(target)) await writeFile(manifestFile, `${JSON.stringify(after, null, 2)}\n`)
}

async function makeLesson(lesson: Lesson, target: string): Promise<Made> {
  const scratch = await mkdtemp(join(tmpdir(), 'lesson-'))
  try {
    browser ??= await chromium.launch({ executablePath: find('chromium')!, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
    const pictures = await draw(browser, lesson, scratch)
    const wav = join(scratch, 'voice.wav')
    const track = await speak(lesson.scenes, wav, LIMITS.secondsMax - 5, FRAME)
    const output = (extension: string) => join(scratch, `${lesson.name}.${extension}`)
    const stills = pictures.map((file, at) => ({ file, seconds: track.scenes[at]!.seconds }))
    await encode(stills, wav, join(scratch, 'stills.txt'), output('mp4'))
    await poster(pictures[0]!, output('jpg'))
    await writeFile(output('vtt'), toWebVtt(track))
    const made = await check(output('mp4'), output('jpg'))
    await mkdir(target, { recursive: true })
    for (const extension of EXTENSIONS) await copyFile(output(extension), join(target, `${lesson.name}.${extension}`))
    return made
  }
  finally {
    await rm(scratch, { recursive: true })
  }
}

/** Everything the files are made from. The list of readings counts only by what this lesson says. */
async function fingerprint(lesson: Lesson) {
  const said = lesson.scenes.flatMap(scene => scene.clauses.map(clause => clause.spoken))
  await learn(said)
  const inputs = { RECIPE, VOICE, LIMITS, FRAME, look: lookOf(lesson.course.category), lesson, pinyin: said.map(toPinyin) }
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)
}

async function isWhole(target: string, name: string, { videoBytes, posterBytes }: Entry) {
  const size = async (extension: string) => (await stat(join(target, `${name}.${extension}`)).catch(() => undefined))?.size ?? 0
  return await size('mp4') === videoBytes && await size('jpg') === posterBytes && await size('vtt') > 0
}

function wordsOf(error: unknown) {
  return error instanceof Error ? error.message : String(error)
}

function requirePrograms(...names: string[]) {
  const missing = names.filter(name => !find(name))
  if (missing.length) throw new Error(`缺少程序 ${missing.join('、')}，安装办法见 media/README.md`)
}

function find(program: string) {
  return (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, program)).find(existsSync)
}
