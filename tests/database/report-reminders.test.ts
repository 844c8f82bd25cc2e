// Who owes a step of a report is reminded once; who handed in is not.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type As, makeNetwork, makePerson, makeStaff, makeUnit, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

const YEAR = 2025
interface Scene { sql: Transaction, as: As, places: Network, period: number, town: Person, county: Person, remind: () => Promise<Step[]>, texts: () => Promise<Text[]> }
interface Step { unit_id: number, step: string, by_text: boolean }
interface Text { person_id: number, step: string, unit_ids: number[], state: string }
type Claim = { id: number, cipher: Buffer, step: string, unit_name: string, units: number }

async function openPeriod(sql: Sql, { dueIn = 3, levels = ['township'], part = 'q1' } = {}): Promise<number> {
  const [row] = await sql`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
    values (${YEAR}, ${part}, ${`${YEAR}-01-01`}, ${`${YEAR}-03-31`}, private.china_date(now()) + ${dueIn}::integer, ${levels})
    on conflict (year, part) do update set due_on = excluded.due_on, levels = excluded.levels, ends_on = excluded.ends_on returning id`
  return row!.id as number
}

/** Any sealed bytes: nobody opens them here. */
const givePhone = (sql: Sql, { id }: Person) => sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail)
  values (${id}, 'phone', ${randomBytes(40)}, 1, ${randomBytes(32)}, '139****0001', '0001')`
const asJobs = async <T>(sql: Transaction, call: () => Promise<T>): Promise<T> => {
  await sql`set local role job_server`
  try { return await call() }
  finally { await sql`reset role` }
}
const claim = (sql: Transaction) => asJobs(sql, async () => (await sql<Claim[]>`select * from private.claim_reminder_text()`)[0])
const settle = (sql: Transaction, { id }: Claim, isSent: boolean) => asJobs(sql, () => sql`select private.settle_reminder_text(${id}, ${isSent})`)
const dueOn = (sql: Sql, period: number, days: number) => sql`update public.reporting_periods set due_on = private.china_date(now()) + ${days}::integer where id = ${period}`
const daysPass = (sql: Sql, period: number) => sql`insert into public.report_acts (period_id, unit_id, version, act, account_id, at, reason)
  select period_id, unit_id, version, act, account_id, at - interval '4 days', reason from public.report_acts where period_id = ${period} order by id`

const inScene = (test: (scene: Scene) => Promise<unknown>, options?: Parameters<typeof openPeriod>[1]) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const period = await openPeriod(sql, options)
  await test({
    sql, as, places, period,
    town: await makeStaff(sql, places.school, places.willow, 'manager'),
    county: await makeStaff(sql, places.county, places.willow, 'manager'),
    remind: async () => {
      await asJobs(sql, () => sql`select private.take_report_reminders()`)
      return sql<Step[]>`select unit_id, step, by_text from public.report_reminders where period_id = ${period} and unit_id = any (${Object.values(places)}) order by unit_id, step`
    },
    texts: () => sql<Text[]>`select person_id, step, unit_ids, state from private.reminder_texts where period_id = ${period} and unit_ids && ${Object.values(places)}::integer[] order by id`,
  })
})
const handIn = ({ as, period }: Scene, who: Person, unit: number) => as(who.account, inner => inner`select public.hand_in_report(${period}, ${unit}, '汇总比较慢')`)
const told = (unit: number, step: string, byText = false) => ({ unit_id: unit, step, by_text: byText })

describe('a report that was not handed in', () => {
  it('is reminded of shortly before its day and once more after it, each once', () => inScene(async ({ sql, period, places, remind }) => {
    await dueOn(sql, period, 4)
    expect(await remind()).toEqual([])
    await dueOn(sql, period, 3)
    const soon = [told(places.township, 'due_soon'), told(places.otherTownship, 'due_soon')]
    expect(await remind()).toEqual(soon)
    expect(await remind()).toEqual(soon)
    await dueOn(sql, period, -1)
    const late = [places.township, places.otherTownship].flatMap(unit => [told(unit, 'due_soon'), told(unit, 'late')])
    expect(await remind()).toEqual(late)
    expect(await remind()).toEqual(late)
  }))

  it('is not reminded of once it was handed in', () => inScene(async (scene) => {
    await dueOn(scene.sql, scene.period, -1)
    await handIn(scene, scene.town, scene.places.township)
    expect(await scene.remind()).toEqual([told(scene.places.otherTownship, 'late')])
  }))

  it('of a period that is long past is let alone', () => inScene(async ({ sql, period, remind }) => {
    await dueOn(sql, period, -31)
    expect(await remind()).toEqual([])
    await dueOn(sql, period, -30)
    expect(await remind()).toHaveLength(2)
  }))

  it('of a period that is not over yet is not asked for', () => inScene(async ({ sql, period, remind }) => {
    await sql`update public.reporting_periods set ends_on = private.china_date(now()), due_on = private.china_date(now()) + 2 where id = ${period}`
    expect(await remind()).toEqual([])
  }))
})

describe('a report on its way', () => {
  it('is reminded of to the unit above once it has waited, and to its own unit once it was sent back', () => inScene(async (scene) => {
    const { sql, as, places, town, county, period, remind } = scene
    await sql`update public.reporting_periods set levels = '{township}' where id = ${period}`
    await handIn(scene, town, places.township)
    await handIn(scene, county, places.otherTownship)
    expect(await remind()).toEqual([])
    await daysPass(sql, period)
    expect(await remind()).toEqual([told(places.township, 'decide'), told(places.otherTownship, 'decide')])
    await as(county.account, inner => inner`select public.decide_report(${period}, ${places.township}, 1, false, '请再核对一遍')`)
    await daysPass(sql, period)
    expect(await remind()).toEqual([told(places.township, 'decide'), told(places.township, 'returned'), told(places.otherTownship, 'decide')])
  }))

  it('is not reminded of once it is approved', () => inScene(async (scene) => {
    await handIn(scene, scene.town, scene.places.township)
    await scene.as(scene.county.account, inner => inner`select public.decide_report(${scene.period}, ${scene.places.township}, 1, true, null)`)
    await daysPass(scene.sql, scene.period)
    expect(await scene.remind()).toEqual([told(scene.places.otherTownship, 'due_soon')])
  }))
})

describe('a text message', () => {
  it('goes to one of those who may do it: the contact role, the manager, and never whoever did the step before', () => inScene(async (scene) => {
    const { sql, places, town, county, period, remind, texts } = scene
    const head = await makeStaff(sql, places.school, places.willow, 'head')
    const tutor = await makeStaff(sql, places.school, places.willow, 'tutor')
    for (const person of [head, tutor]) await givePhone(sql, person)
    await remind()
    // A tutor hands nothing in, and the manager has no phone.
    expect(await texts()).toEqual([{ person_id: head.id, step: 'due_soon', unit_ids: [places.township], state: 'waiting' }])
    await givePhone(sql, town)
    await dueOn(sql, period, -1)
    await remind()
    expect((await texts()).map(text => [text.person_id, text.step])).toEqual([[head.id, 'due_soon'], [town.id, 'late']])

    // The county's own manager handed this in for the township: somebody else there decides.
    const second = await makeStaff(sql, places.county, places.willow, 'head')
    for (const person of [county, second]) await givePhone(sql, person)
    await handIn(scene, county, places.otherTownship)
    await daysPass(sql, period)
    await remind()
    expect((await texts()).at(-1)).toMatchObject({ person_id: second.id, step: 'decide', unit_ids: [places.otherTownship] })
  }))

  it('is one for all villages of a township, whose manager hands in for them', () => inScene(async ({ sql, places, town, remind, texts }) => {
    await givePhone(sql, town)
    const own = await makePerson(sql, places.orchard)
    await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) values (${own.id}, ${places.orchard}, 'head', private.china_date(now()) - 9)`
    const third = await makeUnit(sql, places.township, 'village', '桥头村')
    await remind()
    expect(await texts()).toEqual([{ person_id: town.id, step: 'due_soon', unit_ids: [places.willow, places.orchard, third], state: 'waiting' }])
  }, { levels: ['village'] }))

  it('leaves out whoever handed in meanwhile, and is dropped where nobody is left', () => inScene(async (scene) => {
    const { sql, places, town, remind, texts } = scene
    await givePhone(sql, town)
    await remind()
    await handIn(scene, town, places.willow)
    expect(await claim(sql)).toMatchObject({ step: 'due_soon', unit_name: '果园村', units: 1 })
    await sql`update private.reminder_texts set state = 'waiting', tried_at = null`
    await handIn(scene, town, places.orchard)
    expect(await claim(sql)).toBeUndefined()
    expect(await texts()).toMatchObject([{ state: 'dropped' }])
  }, { levels: ['village'] }))

  it('that left is said with the reminder; one that did not get through is tried three times, later', () => inScene(async ({ sql, places, town, remind, texts }) => {
    await givePhone(sql, town)
    await remind()
    for (let turn = 1; turn <= 3; turn++) {
      await settle(sql, (await claim(sql))!, false)
      expect(await claim(sql)).toBeUndefined()
      await sql`update private.reminder_texts set tried_at = tried_at - interval '31 minutes'`
    }
    expect(await texts()).toMatchObject([{ state: 'failed' }])
    expect(await remind()).toContainEqual(told(places.township, 'due_soon'))
    await sql`update private.reminder_texts set state = 'waiting'`
    await settle(sql, (await claim(sql))!, true)
    expect(await remind()).toContainEqual(told(places.township, 'due_soon', true))
    expect(await claim(sql)).toBeUndefined()
  }))

  it('is not sent again when the server died while it sent', () => inScene(async ({ sql, town, remind }) => {
    await givePhone(sql, town)
    await remind()
    expect(await claim(sql)).toBeDefined()
    await sql`update private.reminder_texts set tried_at = tried_at - interval '9 days'`
    expect(await claim(sql)).toBeUndefined()
  }))

  it('is nothing that accounts come near', () => inScene(async ({ as, county }) => {
    for (const call of ['take_report_reminders()', 'claim_reminder_text()', 'settle_reminder_text(1, true)']) {
      await expect(as(county.account, inner => inner.unsafe(`select private.${call}`))).rejects.toMatchObject({ code: '42501' })
    }
    await expect(as(county.account, inner => inner`select from private.reminder_texts`)).rejects.toMatchObject({ code: '42501' })
  }))
})

describe('the units above', () => {
  const late = ({ as, period }: Scene, who: Person, unit: number) =>
    as(who.account, async inner => (await inner`select * from public.late_reports(${unit})`).filter(row => row.period_id === period).map(row => [row.units, row.names]))

  it('see who is late, and who is not seen by others', () => inScene(async (scene) => {
    const { sql, as, places, town, county, period, remind } = scene
    const inspector = await makeStaff(sql, places.county, places.willow, 'inspector')
    expect(await late(scene, county, places.county)).toEqual([])
    await dueOn(sql, period, -1)
    await remind()
    expect(await late(scene, inspector, places.county)).toEqual([[2, ['柳溪镇', '港口镇']]])
    await handIn(scene, town, places.township)
    expect(await late(scene, county, places.county)).toEqual([[1, ['港口镇']]])
    expect(await late(scene, town, places.township)).toEqual([])
    expect(await late(scene, town, places.county)).toEqual([])
    const reminders = (who: Person) => as(who.account, async inner => (await inner`select unit_id from public.report_reminders where period_id = ${period}`).map(row => row.unit_id as number))
    expect(await reminders(county)).toEqual([places.township, places.otherTownship])
    expect(await reminders(town)).toEqual([places.township])
  }))

  it('are not told of villages that they hand in for themselves: those are their tasks', () => inScene(async (scene) => {
    const { sql, places, town, county, period } = scene
    await dueOn(sql, period, -1)
    expect(await late(scene, town, places.township)).toEqual([])
    expect(await late(scene, await makeStaff(sql, places.school, places.willow, 'tutor'), places.township)).toEqual([[2, ['柳溪村', '果园村']]])
    expect(await late(scene, county, places.county)).toEqual([[3, ['柳溪村', '果园村', '港口村']]])
  }, { levels: ['village'] }))
})

describe('at the same moment', () => {
  let places: Network
  let period: number
  let town: Person
  beforeAll(async () => {
    places = await makeNetwork(pool)
    town = await makeStaff(pool, places.school, places.willow, 'manager')
    await givePhone(pool, town)
    period = await openPeriod(pool, { dueIn: -1, levels: ['village'], part: 'q2' })
  })
  afterAll(async () => {
    for (const table of ['private.reminder_texts', 'public.report_reminders']) await pool.unsafe(`delete from ${table} where period_id = ${period}`)
    await pool`delete from public.reporting_periods where id = ${period}`
  })

  it('eight runs of the job note each step once, line up one message, and one of them sends it', async () => {
    const runs = Array.from({ length: 8 }, () => pool.begin(async (sql) => {
      await sql`set local role job_server`
      const [row] = await sql`select private.take_report_reminders() as taken`
      await sql`select pg_sleep(0.05)`
      return row!.taken as number
    }))
    const taken = await Promise.all(runs)
    const [steps] = await pool`select count(*)::integer as count from public.report_reminders where period_id = ${period}`
    expect(steps!.count).toBeGreaterThanOrEqual(3)
    expect(taken.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(steps!.count)
    const texts = await pool`select unit_ids from private.reminder_texts where person_id = ${town.id}`
    expect(texts).toEqual([{ unit_ids: [places.willow, places.orchard] }])

    const claims = await Promise.all(Array.from({ length: 8 }, () => pool.begin(async (sql) => {
      await sql`set local role job_server`
      return (await sql<Claim[]>`select * from private.claim_reminder_text()`)[0]
    })))
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('a report that comes in while its reminder waits is not texted about', async () => {
    await pool`update private.reminder_texts set state = 'waiting', tried_at = null where period_id = ${period}`
    const undone = new Error('undone') // a report is for good, and the period is not to stay
    await pool.begin(async (sql) => {
      for (const village of [places.willow, places.orchard]) await sql`insert into public.reports (period_id, unit_id, state, version) values (${period}, ${village}, 'handed_in', 1)`
      await sql`set local role job_server`
      expect(await sql`select * from private.claim_reminder_text()`).toEqual([])
      throw undone
    }).catch((error) => { if (error !== undone) throw error })
  })
})
