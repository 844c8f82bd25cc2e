import autocannon from 'autocannon'
import { sessionCookieFor } from '../tests/fixtures/session.ts'
import type { Bench, Row } from './report.ts'

/** Pages and public reads: from memory, rendered, signed in; beside a route that does nothing. */
export async function measurePages(bench: Bench): Promise<Row[]> {
  const [course] = await bench.sql`select slug from courses where kind = 'course' and status = 'published' order by id limit 1`
  const [lesson] = await bench.sql`
    select lesson.slug from lessons lesson join courses course on course.id = lesson.course_id
    where course.slug = ${course!.slug} and lesson.kind = 'text' order by position limit 1`
  const [account] = await bench.sql`select id from identity.accounts where phone_lookup is not null order by person_id limit 1`
  const cookie = await sessionCookieFor(bench.sql, bench.sessionSecret, account!.id)
  const coursePath = `/courses/${course!.slug}`
  const lessonPath = `${coursePath}/${lesson!.slug}`

  const empty = await load(bench, 'empty route', '/api/live')
  const beside = (row: Row, aim?: number): Row => ({
    ...row, ofLimit: { of: empty.name, share: row.perSecond / empty.perSecond },
    ...(aim ? { aim: `≥ ${aim.toLocaleString('en')}/s`, met: row.perSecond >= aim } : {}),
  })
  // A note for the next page makes a visitor's request one of its own: it is rendered, not taken from memory.
  const rendered = { cookie: 'flash=e30' }
  return [
    empty,
    beside(await load(bench, 'catalogue page, from memory', '/courses'), 5000),
    beside(await load(bench, 'course page, from memory', coursePath), 5000),
    beside(await load(bench, 'lesson page, from memory', lessonPath), 5000),
    beside(await load(bench, 'catalogue page, rendered', '/courses', rendered), 300),
    beside(await load(bench, 'course page, rendered', coursePath, rendered), 300),
    beside(await load(bench, 'lesson page, rendered', lessonPath, rendered), 300),
    beside(await load(bench, 'course page, signed in', coursePath, { cookie }), 150),
    beside(await load(bench, 'catalogue API, from memory', '/api/courses')),
    beside(await load(bench, 'catalogue API, read', '/api/courses', rendered)),
  ]
}

async function load(bench: Bench, name: string, path: string, headers: Record<string, string> = {}): Promise<Row> {
  const options = { url: bench.url + path, connections: 16, headers: { 'accept-encoding': 'gzip', ...headers } }
  await autocannon({ ...options, duration: 3 })
  const result = await autocannon({ ...options, duration: bench.seconds })
  const failures = result.non2xx + result.errors + result.timeouts
  if (failures) throw new Error(`${name}: ${failures} of ${result.requests.total} requests failed`)
  const row: Row = { name, perSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99, siteMegabytes: bench.siteMegabytes() }
  console.log(`  ${name}: ${Math.round(row.perSecond)}/s, p50 ${row.p50Ms} ms, p99 ${row.p99Ms} ms, ${row.siteMegabytes} MB`)
  return row
}
