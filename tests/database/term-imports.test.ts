// A term from a spreadsheet: rows become drafts, once, and go again as long as nobody went on with them.
import { describe, expect, it } from 'vitest'
import { type As, makeNetwork, makeStaff, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { checkImport, refusalsOf, stageImport, takeBack, writeImport } from '../fixtures/imports.ts'

interface Desk { sql: Transaction, as: As, network: Network, tutor: Person, manager: Person }
const atTheDesk = (test: (desk: Desk) => Promise<unknown>) => () => withRollback(async (sql, as) => {
  const network = await makeNetwork(sql)
  await test({ sql, as, network, tutor: await makeStaff(sql, network.school, network.willow, 'tutor'), manager: await makeStaff(sql, network.school, network.willow, 'manager') })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const day = (days: number, hour = 9) => new Date(Math.ceil(Date.now() / 86_400_000 + days) * 86_400_000 + (hour - 8) * 3_600_000)
const row = (network: Network, days: number, more: Record<string, unknown> = {}, details: Record<string, unknown> = {}) => ({
  name: '智能手机基础班', host_unit_id: network.school, started_at: day(days), ended_at: day(days, 11), kind: 'training', form: 'training', category_id: 'digital',
  details: { signUp: 'term', seats: 20, venue: '镇文化站', room: '二楼', lecturer: '陈老师', phone: '0900-123456', ...details }, ...more,
})
async function staged({ sql, network, tutor }: Desk, rows: Record<string, unknown>[], unit = network.school) {
  const id = await stageImport(sql, { kind: 'activities', unit, by: tutor.account }, rows)
  return { id, counts: await checkImport(sql, id), refusals: await refusalsOf(sql, id) }
}
const drafts = ({ sql, network }: Desk) => sql`select activity.id, title, status, sign_up, lecturer, (select count(*)::integer from public.activity_sessions session where session.activity_id = activity.id) as sessions,
  (select sum(capacity)::integer from public.seat_pools pool where pool.activity_id = activity.id) as seats from public.activities activity
  where activity.host_unit_id = ${network.school} order by activity.id`

describe('a term', () => {
  it('becomes drafts with their sessions, each once; the same file again changes nothing', atTheDesk(async (desk) => {
    const { sql, network } = desk
    const rows = [row(network, 7), row(network, 14, {}, { venue: '村委会' }), row(network, 8, { name: '合唱团', form: 'team_meeting', kind: 'team_session', category_id: 'culture_leisure' }, { signUp: 'none', seats: undefined }),
      row(network, 9, { name: '写春联' }, { signUp: 'session', seats: 5 }), row(network, 21), row(network, 7)]
    const { id, counts, refusals } = await staged(desk, rows)
    expect(refusals).toEqual([])
    expect(counts).toMatchObject({ total: 6, good: 5, repeated: 1 })
    expect(await writeImport(sql, id)).toBe(5)
    expect(await drafts(desk)).toMatchObject([
      { title: '智能手机基础班', status: 'draft', sign_up: 'term', sessions: 3, seats: 20, lecturer: '陈老师' }, { title: '合唱团', sign_up: 'none', sessions: 1, seats: null }, { title: '写春联', sign_up: 'session', seats: 5 }])
    expect((await sql`select session.venue from public.activity_sessions session join public.activities activity on activity.id = activity_id where title = '智能手机基础班' order by session.starts_at`).map(one => one.venue)).toEqual([null, '村委会', null])
    expect((await sql`select count(*)::integer as entries from public.audit_events where action = 'activity_planned' and account_id = ${desk.tutor.account}`)[0]).toEqual({ entries: 3 })
    expect((await staged(desk, rows)).counts).toMatchObject({ good: 0, known: 5, repeated: 1, refused: 0 })
  }))

  it('says once what it costs, who may come and how they are let in; a later row may be silent of it, and not say otherwise', atTheDesk(async (desk) => {
    const { sql, network } = desk
    const said = { feeFen: 1500, feeFor: '宣纸', youngest: 6, oldest: 60, minors: 'welcome', minorsStaff: ['何敏', '吴刚'], admission: 'approval', opensAt: day(1).toISOString(), closesAt: day(5).toISOString() }
    const { id, refusals } = await staged(desk, [row(network, 7, {}, said), row(network, 14), row(network, 21, {}, { feeFen: 2000, feeFor: '宣纸' })])
    expect(refusals).toEqual(['4 import_activity_differs'])
    expect(await writeImport(sql, id, true)).toBe(2)
    expect(await sql`select fee_fen, fee_for, lower(ages) as youngest, upper(ages) as beyond, minors, minors_staff, admission, opens_at, closes_at from public.activities where host_unit_id = ${network.school}`)
      .toEqual([{ fee_fen: 1500, fee_for: '宣纸', youngest: 6, beyond: 61, minors: 'welcome', minors_staff: ['何敏', '吴刚'], admission: 'approval', opens_at: day(1), closes_at: day(5) }])
  }))

  it('is taken back as long as nobody went on with a draft', atTheDesk(async (desk) => {
    const { sql, as, network, tutor, manager } = desk
    const { id } = await staged(desk, [row(network, 7), row(network, 9, { name: '写春联' }), row(network, 10, { name: '剪纸' })])
    await writeImport(sql, id)
    const [first, second] = await drafts(desk)
    await as(manager.account, one => one`select public.publish_activity(${first!.id})`)
    await as(tutor.account, one => one`select public.submit_activity(${second!.id})`)
    expect(await takeBack(sql, id, tutor.account)).toMatchObject({ removed: 1, kept: 2, keptIds: [first!.id, second!.id] })
    expect((await drafts(desk)).map(one => one.title)).toEqual(['智能手机基础班', '写春联'])
    expect((await sql`select state from public.imports where id = ${id}`)[0]).toEqual({ state: 'taken_back' })
  }))

  it('refuses what lies elsewhere or back, contradicts itself or is planned already, each by its line', atTheDesk(async (desk) => {
    const { sql, network } = desk
    const first = await staged(desk, [row(network, 7)])
    await writeImport(sql, first.id)
    const { refusals, counts } = await staged(desk, [
      row(network, 7), row(network, 14), row(network, -3, { name: '过去的' }), row(network, 8, { name: '别处的', host_unit_id: network.otherTownship }),
      row(network, 9, { name: '写春联' }), row(network, 10, { name: '写春联', category_id: 'law' }), ...Array.from({ length: 121 }, (_, n) => row(network, 30 + n, { name: '天天练' })),
    ])
    expect(refusals).toEqual(['3 import_activity_planned', '4 import_session_past', '5 import_unit_outside', '7 import_activity_differs', '128 import_sessions_too_many'])
    expect(counts).toMatchObject({ known: 1, refused: 5, good: 121 })
  }))

  it('is brought in by who plans there, and nobody else', atTheDesk(async (desk) => {
    const { sql, as, network, tutor } = desk
    const upload = (who: Person, unit: number) => as(who.account, one => one`select public.create_import('activities', ${unit}, '课表.xlsx', ${'b'.repeat(64)}, 10, 'xlsx', null, '表', gen_random_uuid(), '{活动名称}', 1) as id`)
    await expect(upload(tutor, network.otherTownship)).rejects.toMatchObject({ code: 'PT403' })
    await expect(upload(await makeStaff(sql, network.school, network.willow, 'inspector'), network.school)).rejects.toMatchObject({ code: 'PT403' })
    expect(await upload(tutor, network.school)).toHaveLength(1)
    // The post was taken away between the check and the writing.
    const { id } = await staged(desk, [row(network, 7)])
    await sql`delete from public.posts where person_id = ${tutor.id}`
    await sql`savepoint before`
    await expect(sql.savepoint(async () => writeImport(sql, id))).rejects.toMatchObject({ code: 'PT403' })
    expect(await drafts(desk)).toEqual([])
  }))
})
