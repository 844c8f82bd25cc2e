// Brings library packs into the catalogue: idempotent by slug and content hash, each pack in its own transaction.
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type postgres from 'postgres'
import { BrokenPack, readPack, type Pack, type PackFile, type PackVideo } from './pack.ts'

export interface SyncResult { added: number, changed: number, unchanged: number, withdrawn: number, broken: string[] }

/**
 * Syncs every pack below `folder` and copies its media to `mediaFolder`, named by content. A broken pack is left out with
 * its faults named, and what it published before stays as it was. A pack that is gone is withdrawn, never deleted.
 */
export async function syncPacks(sql: postgres.Sql, folder: string, mediaFolder: string): Promise<SyncResult> {
  mkdirSync(mediaFolder, { recursive: true })
  const result: SyncResult = { added: 0, changed: 0, unchanged: 0, withdrawn: 0, broken: [] }
  const slugs = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory() && !entry.name.startsWith('.')).map(entry => entry.name).sort()
  const categories = new Set((await sql`select id from public.categories`).map(({ id }) => id as string))
  for (const slug of slugs) {
    try {
      const pack = readPack(join(folder, slug), categories)
      result[await sql.begin(transaction => publish(transaction, pack, mediaFolder))]++
    }
    catch (error) {
      if (error instanceof BrokenPack) result.broken.push(...error.faults)
      else if (isOfTheData(error)) result.broken.push(`${slug}/course.yml:1: ${(error as Error).message}`)
      else throw error
    }
  }
  const gone = await sql`
    update public.courses set status = 'withdrawn'
    where origin = 'pack' and status = 'published' and slug <> all (${slugs}) returning id`
  return { ...result, withdrawn: gone.length }
}

/** PostgreSQL's classes of a value or a row that cannot be: the pack is to blame, not the database. */
function isOfTheData(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '')
}

async function publish(sql: postgres.TransactionSql, pack: Pack, mediaFolder: string): Promise<'added' | 'changed' | 'unchanged'> {
  // Two starts at once: the second waits here and then finds the pack unchanged.
  await sql`select pg_advisory_xact_lock(hashtext('linxue packs'))`
  for (const { video } of pack.lessons) if (video) keepMedia(mediaFolder, video)
  const [known] = await sql`select id, content_hash, status, origin from public.courses where slug = ${pack.slug} for update`
  if (known && known.origin !== 'pack') throw new BrokenPack([`${pack.slug}: 已有同名的课程不是课程包  a course of this name was made at the desk`])
  if (known?.content_hash === pack.hash && known.status === 'published') return 'unchanged'
  const course = {
    slug: pack.slug, kind: pack.kind, title: pack.title, summary: pack.summary, category_id: pack.category, audience: pack.audience,
    author: pack.author, licence: pack.licence, local_feature: pack.local_feature, status: 'published', origin: 'pack',
    content_hash: pack.hash, minutes: pack.lessons.reduce((sum, { minutes }) => sum + minutes, 0), lesson_count: pack.lessons.length,
    poster: pack.lessons.find(({ video }) => video)?.video?.poster.sha256 ?? null, updated_on: pack.updated,
  }
  const [{ id: courseId }] = await sql`
    insert into public.courses ${sql({ ...course, published_at: new Date() })}
    on conflict (slug) do update set ${sql(course)} returning id` as unknown as [{ id: string }]
  await sql`delete from public.course_categories where course_id = ${courseId}`
  for (const category of pack.also) await sql`insert into public.course_categories values (${courseId}, ${category}) on conflict do nothing`
  // All positions are free before the new order is written; a lesson that left the pack stays withdrawn.
  await sql`update public.lessons set status = 'withdrawn' where course_id = ${courseId}`
  for (const lesson of pack.lessons) {
    const row = {
      position: lesson.position, kind: lesson.kind, title: lesson.title, summary: lesson.summary, body_html: lesson.html,
      body_length: lesson.length, minutes: lesson.minutes, media_id: lesson.video ? await keepMediaRow(sql, lesson.video) : null,
      watched_share: lesson.watched_share, status: 'published',
    }
    await sql`
      insert into public.lessons ${sql({ ...row, course_id: courseId, slug: lesson.slug })}
      on conflict (course_id, slug) do update set ${sql(row)}`
  }
  await sql`select private.complete_course(${courseId}, null, now())`
  return known ? 'changed' : 'added'
}

async function keepMediaRow(sql: postgres.TransactionSql, video: PackVideo): Promise<string> {
  const row = {
    sha256: video.sha256, mime_type: 'video/mp4', bytes: video.bytes, duration_ms: video.durationMs, width: video.width,
    height: video.height, poster_sha256: video.poster.sha256, captions_sha256: video.captions.sha256,
  }
  const [{ id }] = await sql`
    insert into public.media ${sql(row)}
    on conflict (sha256) do update set poster_sha256 = excluded.poster_sha256, captions_sha256 = excluded.captions_sha256
    returning id` as unknown as [{ id: string }]
  return id
}

function keepMedia(mediaFolder: string, video: PackVideo): void {
  for (const file of [video, video.poster, video.captions]) keepFile(mediaFolder, file)
}

function keepFile(mediaFolder: string, { path, sha256, bytes }: PackFile): void {
  const target = join(mediaFolder, `${sha256}${extname(path)}`)
  // A length that differs is what a power cut leaves of a file.
  if (existsSync(target) && statSync(target).size === bytes) return
  copyFileSync(path, `${target}.part`)
  renameSync(`${target}.part`, target)
}
