// A library pack: a folder with course.yml, NN-<lesson>.md and media/. Read whole or not at all; what is wrong is named
// with file and line.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isMap, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { renderMarkdown } from './markdown.ts'
import { readMp4, type Mp4Facts } from './mp4.ts'

const Course = z.strictObject({
  title: z.string().min(2).max(60),
  summary: z.string().min(10).max(300),
  category: z.string().regex(/^[a-z_]+$/),
  also: z.array(z.string().regex(/^[a-z_]+$/)).default([]),
  audience: z.array(z.string().regex(/^[a-z_]+$/)).min(1),
  kind: z.enum(['course', 'micro_lecture']),
  local_feature: z.boolean().default(false),
  author: z.string().min(1),
  licence: z.string().min(1),
  updated: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
})

const Lesson = z.strictObject({
  title: z.string().min(2).max(60),
  summary: z.string().min(5).max(200),
  minutes: z.number().int().min(1).max(600),
  kind: z.enum(['video', 'text']),
  watched_share: z.number().min(0.5).max(1).default(0.9),
})

export interface PackFile { path: string, sha256: string, bytes: number }
export interface PackVideo extends PackFile, Mp4Facts { poster: PackFile, captions: PackFile }
interface PackLesson extends z.infer<typeof Lesson> { slug: string, position: number, html: string, length: number, video: PackVideo | null }
export interface Pack extends z.infer<typeof Course> { slug: string, hash: string, lessons: PackLesson[] }

/** Thrown for a pack that cannot be used; each fault reads `path:line: what`. */
export class BrokenPack extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    super(faults.join('; '))
    this.faults = faults
  }
}

const LESSON_FILE = /^(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md$/

/** Reads one pack. @throws BrokenPack with every fault found */
export function readPack(folder: string): Pack {
  const slug = basename(folder)
  const faults: string[] = []
  const attempt = <T>(read: () => T): T | null => {
    try { return read() }
    catch (error) {
      faults.push(...(error instanceof BrokenPack ? error.faults : [`${slug}: ${(error as Error).message}`]))
      return null
    }
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) throw new BrokenPack([`${slug}: a pack's folder is named in lower-case letters, digits and hyphens`])
  const course = attempt(() => readCourse(folder))
  const files = readdirSync(folder).filter(name => name.endsWith('.md')).sort()
  if (files.length === 0) faults.push(`${slug}: the pack has no lesson`)
  const lessons = files.map((name, index) => attempt(() => readLesson(folder, name, index + 1)))
  if (course?.kind === 'micro_lecture' && files.length > 1) faults.push(`${slug}/course.yml: a micro-lecture has one lesson`)
  if (faults.length || !course) throw new BrokenPack(faults)
  const whole = lessons.filter(lesson => lesson !== null)
  return { ...course, slug, hash: hashOf(folder, files, whole), lessons: whole }
}

function readCourse(folder: string): z.infer<typeof Course> {
  const file = join(folder, 'course.yml')
  if (!existsSync(file)) throw new BrokenPack([`${basename(folder)}/course.yml: the file is missing`])
  return parseYaml(Course, readFileSync(file, 'utf8'), `${basename(folder)}/course.yml`, 0)
}

function readLesson(folder: string, name: string, position: number): PackLesson {
  const where = `${basename(folder)}/${name}`
  const match = LESSON_FILE.exec(name)
  if (!match) throw new BrokenPack([`${where}: a lesson's file is named like 01-first-lesson.md`])
  const text = readFileSync(join(folder, name), 'utf8').replace(/\r\n/g, '\n')
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text)
  if (!parts) throw new BrokenPack([`${where}:1: the front matter between two lines of --- is missing`])
  const front = parseYaml(Lesson, parts[1]!, where, 1)
  const { html, length } = renderMarkdown(parts[2]!)
  if (length === 0) throw new BrokenPack([`${where}: the lesson has no text`])
  return { ...front, slug: match[2]!, position, html, length, video: front.kind === 'video' ? readVideo(folder, name) : null }
}

function readVideo(folder: string, lessonFile: string): PackVideo {
  const stem = lessonFile.replace(/\.md$/, '')
  const file = (extension: string): PackFile => {
    const path = join(folder, 'media', `${stem}.${extension}`)
    if (!existsSync(path)) throw new BrokenPack([`${basename(folder)}/media/${stem}.${extension}: the file is missing`])
    const content = readFileSync(path)
    return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
  }
  const video = file('mp4')
  try {
    const facts = readMp4(readFileSync(video.path))
    if (!facts.isFastStart) throw new Error('the moov box stands behind the data; a phone would load the whole file first (use +faststart)')
    return { ...video, ...facts, poster: file('jpg'), captions: file('vtt') }
  }
  catch (error) {
    if (error instanceof BrokenPack) throw error
    throw new BrokenPack([`${basename(folder)}/media/${stem}.mp4: ${(error as Error).message}`])
  }
}

function parseYaml<T>(schema: z.ZodType<T>, text: string, where: string, linesBefore: number): T {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const lineAt = (offset: number | undefined) => linesBefore + (offset === undefined ? 1 : counter.linePos(offset).line)
  if (document.errors.length) throw new BrokenPack(document.errors.map(error => `${where}:${lineAt(error.pos[0])}: ${error.message.split('\n')[0]}`))
  const result = schema.safeParse(document.toJS())
  if (result.success) return result.data
  throw new BrokenPack(result.error.issues.map((issue) => {
    const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0]
    const pair = isMap(document.contents) ? document.contents.items.find(item => String(item.key) === String(key)) : undefined
    return `${where}:${lineAt((pair?.key as { range?: [number] } | undefined)?.range?.[0])}: ${issue.path.join('.') || '·'}: ${issue.message}`
  }))
}

function hashOf(folder: string, lessonFiles: string[], lessons: PackLesson[]): string {
  const hash = createHash('sha256')
  for (const name of ['course.yml', ...lessonFiles]) hash.update(name).update('\0').update(readFileSync(join(folder, name)))
  for (const { video } of lessons) if (video) hash.update(video.sha256).update(video.poster.sha256).update(video.captions.sha256)
  return hash.digest('hex')
}
