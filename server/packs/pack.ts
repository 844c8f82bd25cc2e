// A library pack: a folder with course.yml, NN-<lesson>.md and media/. Read whole or not at all; what is wrong is named
// with file and line.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isMap, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { renderMarkdown } from './markdown.ts'
import { readMp4, type Mp4Facts } from './mp4.ts'

const Id = z.string().regex(/^[a-z_]+$/)

/** @param categories The ids that exist; a course of another one is refused. */
const courseOf = (categories: ReadonlySet<string> | null) => {
  const Category = Id.refine(id => !categories || categories.has(id), { error: '没有这个分类  there is no such category' })
  return z.strictObject({
    title: z.string().trim().min(2).max(60),
    summary: z.string().trim().min(10).max(300),
    category: Category,
    also: z.array(Category).default([]),
    audience: z.array(Id).min(1),
    kind: z.enum(['course', 'micro_lecture']),
    local_feature: z.boolean().default(false),
    author: z.string().min(1),
    licence: z.string().min(1),
    updated: z.iso.date(),
  })
}

const Lesson = z.strictObject({
  title: z.string().trim().min(2).max(60),
  summary: z.string().trim().min(5).max(200),
  minutes: z.number().int().min(1).max(600),
  kind: z.enum(['video', 'text']),
  watched_share: z.number().min(0.5).max(1).default(0.9),
})

export interface PackFile { path: string, sha256: string, bytes: number }
export interface PackVideo extends PackFile, Mp4Facts { poster: PackFile, captions: PackFile }
interface PackLesson extends z.infer<typeof Lesson> { slug: string, position: number, html: string, length: number, video: PackVideo | null }
type Course = z.infer<ReturnType<typeof courseOf>>
export interface Pack extends Course { slug: string, hash: string, lessons: PackLesson[] }

/** Thrown for a pack that cannot be used; each fault reads `path:line: what`. */
export class BrokenPack extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    super(faults.join('; '))
    this.faults = faults
  }
}

const LESSON_FILE = /^(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md$/
/** Part of a pack's hash: raised when the same files mean something else, as after a change of the renderer. */
const FORMAT = '1'

/** Reads one pack. @throws BrokenPack with every fault found */
export function readPack(folder: string, categories: ReadonlySet<string> | null = null): Pack {
  const slug = basename(folder)
  const faults: string[] = []
  const attempt = <T>(where: string, read: () => T): T | null => {
    try { return read() }
    catch (error) {
      faults.push(...(error instanceof BrokenPack ? error.faults : [`${where}:1: ${(error as Error).message}`]))
      return null
    }
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) || slug.length > 80)
    throw new BrokenPack([`${slug}: 文件夹名只用小写字母、数字和连字符  a pack's folder is named in lower-case letters, digits and hyphens`])
  const course = attempt(`${slug}/course.yml`, () => readCourse(folder, categories))
  const files = readdirSync(folder).filter(name => name.endsWith('.md')).sort()
  if (files.length === 0) faults.push(`${slug}: 课程包里没有课  the pack has no lesson`)
  const lessons = files.map((name, index) => attempt(`${slug}/${name}`, () => readLesson(folder, name, index + 1)))
  faults.push(...repeated(slug, files))
  if (course?.kind === 'micro_lecture' && files.length > 1) faults.push(`${slug}/${files[1]}:1: 微课只有一课  a micro-lecture has one lesson`)
  if (faults.length || !course) throw new BrokenPack(faults)
  const whole = lessons.filter(lesson => lesson !== null)
  return { ...course, slug, hash: hashOf(folder, files, whole), lessons: whole }
}

/** Two lessons of one position, or of one name: the second would take the first one's place. */
function repeated(slug: string, files: string[]): string[] {
  const faults: string[] = []
  const first = new Map<string, string>()
  for (const file of files) {
    const [, position, name] = LESSON_FILE.exec(file) ?? []
    for (const key of [position, name]) {
      if (key === undefined) continue
      const other = first.get(key)
      if (other) faults.push(`${slug}/${file}:1: 和 ${other} 重复了“${key}”  repeats "${key}" of ${other}`)
      else first.set(key, file)
    }
  }
  return faults
}

function readCourse(folder: string, categories: ReadonlySet<string> | null): Course {
  const file = join(folder, 'course.yml')
  const where = `${basename(folder)}/course.yml`
  if (!existsSync(file)) throw new BrokenPack([`${where}: 缺少这个文件  the file is missing`])
  return parseYaml(courseOf(categories), readFileSync(file, 'utf8'), where, 0)
}

function readLesson(folder: string, name: string, position: number): PackLesson {
  const where = `${basename(folder)}/${name}`
  const match = LESSON_FILE.exec(name)
  if (!match) throw new BrokenPack([`${where}: 课的文件名应像 01-first-lesson.md  a lesson's file is named like 01-first-lesson.md`])
  const text = readFileSync(join(folder, name), 'utf8').replace(/^\uFEFF/, '').replace(/\r\n/g, '\n')
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text)
  if (!parts) throw new BrokenPack([`${where}:1: 开头缺少两行 --- 之间的说明  the front matter between two lines of --- is missing`])
  const front = parseYaml(Lesson, parts[1]!, where, 1)
  const { html, length } = renderMarkdown(parts[2]!)
  if (length === 0) throw new BrokenPack([`${where}:${parts[1]!.split('\n').length + 3}: 课没有正文  the lesson has no text`])
  return { ...front, slug: match[2]!, position, html, length, video: front.kind === 'video' ? readVideo(folder, name) : null }
}

function readVideo(folder: string, lessonFile: string): PackVideo {
  const stem = lessonFile.replace(/\.md$/, '')
  const nameOf = (extension: string) => `${basename(folder)}/media/${stem}.${extension}`
  const missing = ['mp4', 'jpg', 'vtt'].filter(extension => !existsSync(join(folder, 'media', `${stem}.${extension}`)))
  if (missing.length) throw new BrokenPack(missing.map(extension => `${nameOf(extension)}: 缺少这个文件  the file is missing`))
  const keep = (extension: string, content: Buffer): PackFile =>
    ({ path: join(folder, 'media', `${stem}.${extension}`), bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') })
  const [mp4, jpg, vtt] = ['mp4', 'jpg', 'vtt'].map(extension => readFileSync(join(folder, 'media', `${stem}.${extension}`))) as [Buffer, Buffer, Buffer]
  try {
    const facts = readMp4(mp4)
    if (!facts.isFastStart) throw new Error('要先下载完才能播放，请用 +faststart 重做  the moov box stands behind the data; a phone would load the whole file first (use +faststart)')
    return { ...keep('mp4', mp4), ...facts, poster: keep('jpg', jpg), captions: keep('vtt', vtt) }
  }
  catch (error) { throw new BrokenPack([`${nameOf('mp4')}: ${(error as Error).message}`]) }
}

const SAY = [z.locales.zhCN(), z.locales.en()]

function parseYaml<T>(schema: z.ZodType<T>, text: string, where: string, linesBefore: number): T {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const lineAt = (offset: number | undefined) => linesBefore + (offset === undefined ? 1 : counter.linePos(offset).line)
  if (document.errors.length) throw new BrokenPack(document.errors.map(error => `${where}:${lineAt(error.pos[0])}: ${error.message.split('\n')[0]}`))
  const error = (issue: z.core.$ZodRawIssue) => SAY.map(({ localeError }) => localeError(issue)).map(said => typeof said === 'string' ? said : said?.message).join('  ')
  const result = schema.safeParse(document.toJS(), { error })
  if (result.success) return result.data
  throw new BrokenPack(result.error.issues.map((issue) => {
    const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0]
    const pair = isMap(document.contents) ? document.contents.items.find(item => String(item.key) === String(key)) : undefined
    return `${where}:${lineAt((pair?.key as { range?: [number] } | undefined)?.range?.[0])}: ${issue.path.join('.') || '·'}: ${issue.message}`
  }))
}

function hashOf(folder: string, lessonFiles: string[], lessons: PackLesson[]): string {
  const hash = createHash('sha256').update(FORMAT)
  for (const name of ['course.yml', ...lessonFiles]) hash.update(name).update('\0').update(readFileSync(join(folder, name)))
  for (const { video } of lessons) if (video) hash.update(video.sha256).update(video.poster.sha256).update(video.captions.sha256)
  return hash.digest('hex')
}
