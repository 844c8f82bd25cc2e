import { existsSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type postgres from 'postgres'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { syncPacks, type SyncResult } from '../../server/packs/sync.ts'
import { makeNetwork, makePerson } from '../fixtures/database.ts'
import { COURSE, lesson, scratchFolder, video, writePack } from '../fixtures/packs.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

const folder = scratchFolder()
const media = scratchFolder()
let sql: postgres.Sql
beforeAll(async () => { sql = await pristineDatabase('packs') })
beforeEach(() => { for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true }) })

const sync = () => syncPacks(sql, folder, media)
const NOTHING: SyncResult = { added: 0, changed: 0, unchanged: 0, withdrawn: 0, broken: [] }
const course = async (slug: string) => (await sql`select * from public.courses where slug = ${slug}`)[0]!
const lessons = (slug: string) => sql`
  select l.slug, l.position, l.status, l.title, l.id, m.sha256 from public.lessons l join public.courses c on c.id = l.course_id left join public.media m on m.id = l.media_id
  where c.slug = ${slug} order by l.status, l.position`

it('a second sync changes nothing', async () => {
  writePack(folder, 'again', { '01-first.md': lesson({ kind: 'video' }), ...video('01-first', 'again') })
  expect(await sync()).toEqual({ ...NOTHING, added: 1 })
  const before = [await course('again'), await lessons('again')]
  expect(await sync()).toEqual({ ...NOTHING, unchanged: 1 })
  expect([await course('again'), await lessons('again')]).toEqual(before)
})

it('a broken pack leaves the others synced, and what it published before as it was', async () => {
  writePack(folder, 'sound')
  writePack(folder, 'was-sound')
  await sync()
  writePack(folder, 'was-sound', { 'course.yml': COURSE.replace('kind: course', 'kind: poem') })
  writePack(folder, 'sound', { '01-first.md': lesson({ title: '新的题目' }) })
  writePack(folder, 'never-sound', { 'course.yml': COURSE.replace('health', 'alchemy') })
  writePack(folder, 'z-last')
  const result = await sync()
  expect(result).toMatchObject({ added: 1, changed: 1, broken: [expect.stringMatching(/^never-sound\/course\.yml:3: /), expect.stringMatching(/^was-sound\/course\.yml:5: /)] })
  expect((await course('was-sound')).status).toBe('published')
  expect(await lessons('sound')).toMatchObject([{ title: '新的题目' }])
})

it('what only the database refuses is named too', async () => {
  writePack(folder, 'too-long', Object.fromEntries(Array.from({ length: 60 }, (_, index) =>
    [`${String(index + 1).padStart(2, '0')}-lesson-${index}.md`, lesson().replace('minutes: 5', 'minutes: 600')])))
  rmSync(join(folder, 'too-long', '01-first.md'))
  writePack(folder, 'z-sound')
  expect(await sync()).toMatchObject({ added: 1, broken: [expect.stringMatching(/^too-long\/course\.yml:1: .*smallint/)] })
})

it('a change keeps the lessons that stay, with their completions; one that leaves is withdrawn and can come back', async () => {
  writePack(folder, 'changing', { '02-second.md': lesson({ title: '第二课' }) })
  await sync()
  const [first, second] = await lessons('changing')
  const person = await makePerson(sql as never, (await makeNetwork(sql as never)).willow)
  await sql`insert into public.lesson_completions (person_id, lesson_id, grounds) values (${person.id}, ${first!.id}, '{}')`

  writePack(folder, 'changing', { '01-first.md': null, '01-second.md': lesson({ title: '第二课' }), '02-first.md': lesson({ title: '换到后面' }) })
  expect(await sync()).toMatchObject({ changed: 1 })
  expect(await lessons('changing')).toMatchObject([{ slug: 'second', position: 1, id: second!.id }, { slug: 'first', position: 2, id: first!.id, title: '换到后面' }])

  writePack(folder, 'changing', { '01-first.md': null, '01-second.md': lesson({ title: '第二课' }) })
  await sync()
  expect(await lessons('changing')).toMatchObject([{ slug: 'second', status: 'published' }, { slug: 'first', status: 'withdrawn' }])
  expect(await sql`select from public.lesson_completions where lesson_id = ${first!.id}`).toHaveLength(1)

  writePack(folder, 'changing')
  await sync()
  expect((await lessons('changing')).find(({ slug }) => slug === 'first')).toMatchObject({ id: first!.id, status: 'published' })
})

it('a video that is replaced is a new file and a new row; the old one stays for what was watched', async () => {
  const files = (content: string) => ({ '01-first.md': lesson({ kind: 'video' }), ...video('01-first', content) })
  writePack(folder, 'filmed', files('old'))
  await sync()
  const [before] = await lessons('filmed')
  writePack(folder, 'filmed', files('new'))
  expect(await sync()).toMatchObject({ changed: 1 })
  const [after] = await lessons('filmed')
  expect(after!.id).toBe(before!.id)
  expect(after!.sha256).not.toBe(before!.sha256)
  for (const { sha256 } of [before!, after!]) expect(existsSync(join(media, `${sha256}.mp4`))).toBe(true)

  truncateSync(join(media, `${after!.sha256}.mp4`), 3)
  await sync()
  expect(readdirSync(media).filter(name => name.endsWith('.part'))).toEqual([])
  rmSync(join(media, `${after!.sha256}.mp4`))
  await sync()
  expect(existsSync(join(media, `${after!.sha256}.mp4`))).toBe(true)
})

it('a pack that is gone is withdrawn and comes back; a course of the desk is never touched', async () => {
  writePack(folder, 'passing')
  await sync()
  await sql`update public.courses set origin = 'desk' where slug = 'passing'`
  expect(await sync()).toMatchObject({ broken: [expect.stringMatching(/^passing: .*desk/)] })
  await sql`update public.courses set origin = 'pack' where slug = 'passing'`
  rmSync(join(folder, 'passing'), { recursive: true })
  expect(await sync()).toMatchObject({ withdrawn: 1 })
  writePack(folder, 'passing')
  expect(await sync()).toMatchObject({ changed: 1 })
  expect((await course('passing')).status).toBe('published')
})

it('two syncs at once publish everything once', async () => {
  for (const name of ['a', 'b', 'c']) writePack(folder, `at-once-${name}`, { '01-first.md': lesson({ kind: 'video' }), ...video('01-first', name) })
  const results = await Promise.all([sync(), sync(), sync()])
  expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(3)
  expect(results.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBe(6)
  expect(await sql`select from public.courses where slug like 'at-once-%'`).toHaveLength(3)
})
