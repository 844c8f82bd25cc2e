// The code on the school's screen and the word that is said there: what they open, and what each of them says when it does not.
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School, type Seats } from '../fixtures/activities.ts'
import { type As, makePerson, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Region { sql: Transaction, as: As, school: School, mei: Person, hua: Person, seats: Seats }
const refused = (code: string) => expect.objectContaining({ message: code })

/** A session that began half an hour ago, with a screen. */
const inRegion = (test: (region: Region) => Promise<unknown>, plan = {}) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const seats = await begun(sql, await publish(sql, as, school, { startsIn: [-20], ...plan }))
  const region = { sql, as, school, seats, mei: await makePerson(sql, school.places.willow), hua: await makePerson(sql, school.places.willow, { name: '李桂花' }) }
  await screen(region)
  await test(region)
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
async function begun(sql: Transaction, seats: Seats, from = '-30 minutes', until = '30 minutes'): Promise<Seats> {
  await sql`update public.activity_sessions set starts_at = now() + ${from}::interval, ends_at = now() + ${until}::interval where id = ${seats.sessions[0]!}`
  return seats
}
const screen = async ({ as, school, seats }: Pick<Region, 'as' | 'school' | 'seats'>, who = school.tutor) =>
  (await as(who.account, one => one`select public.check_in_screen(${seats.sessions[0]!}) as screen`))[0]!.screen as { code: string, word: string, secondsLeft: number, state: string, came: number }
const passOf = async ({ sql }: Region, code: string) => (await sql`select private.check_in_pass(${code}) as pass`)[0]!.pass as string
const step = (sql: Transaction, session: number, back: number) => sql`select private.check_in_code(${session}, private.check_in_step(30) - ${back}::integer) as code`.then(rows => rows[0]!.code as string)
const checkIn = ({ as }: Region, who: Person, pass: string, person?: Person) => as(who.account, one => one`select person_id, outcome, seen_at is not null as seen from public.check_in(${pass}, ${person?.id ?? null})`)
const signUp = ({ as }: Region, who: Person, pool: number) => as(who.account, one => one`select status from public.sign_up(${pool})`)
const cameBy = ({ sql, seats }: Region) => sql`select person_id, method from private.attendance_of(${seats.sessions[0]!}) order by person_id`

describe('a code that is scanned', () => {
  it('marks whoever has a seat, once, and says so the second time', () => inRegion(async (region) => {
    const { sql, mei, seats } = region
    await sql`update public.activity_sessions set starts_at = now() + interval '1 hour', ends_at = now() + interval '2 hours' where id = ${seats.sessions[0]!}`
    await signUp(region, mei, seats.pools[0]!)
    await begun(sql, seats)
    const pass = await passOf(region, (await screen(region)).code)
    expect(await checkIn(region, mei, pass)).toEqual([{ person_id: mei.id, outcome: 'in', seen: true }])
    expect(await checkIn(region, mei, pass)).toEqual([{ person_id: mei.id, outcome: 'again', seen: true }])
    expect(await sql`select method, by_account from public.attendance_marks where session_id = ${seats.sessions[0]!}`).toEqual([{ method: 'scan', by_account: mei.account }])
    expect(await screen(region)).toMatchObject({ came: 1, state: 'open' })
  }))

  it('counts as long as it is shown and half a minute longer, and never when it was made up', () => inRegion(async (region) => {
    const { sql, seats } = region
    const session = seats.sessions[0]!
    await passOf(region, await step(sql, session, 0))
    await passOf(region, await step(sql, session, 1))
    for (const code of [await step(sql, session, 3), await step(sql, session, 120), await step(sql, session, -3)]) await expect(sql.savepoint(() => passOf(region, code))).rejects.toEqual(refused('check_in_code_old'))
    const code = await step(sql, session, 0)
    for (const wrong of [code.slice(0, -1) + (code.endsWith('0') ? '1' : '0'), code.replace(/^\d+/, '999999999'), code.replace(/-\d+-/, `-${Math.floor(Date.now() / 30_000) + 1}-`), '', '../', `${'9'.repeat(15)}-${'9'.repeat(12)}-${'0'.repeat(16)}`]) {
      await expect(sql.savepoint(() => passOf(region, wrong))).rejects.toEqual(refused('check_in_code_unknown'))
    }
  }))

  it('of another session is none of this one, even with its numbers', () => inRegion(async (region) => {
    const { sql, as, school, seats } = region
    const other = await begun(sql, await publish(sql, as, school, { startsIn: [-20], fields: { title: '广场舞' } }))
    await screen({ as, school, seats: other })
    const code = (await step(sql, other.sessions[0]!, 0)).replace(String(other.sessions[0]), String(seats.sessions[0]))
    await expect(sql.savepoint(() => passOf(region, code))).rejects.toEqual(refused('check_in_code_unknown'))
  }))

  it.each([['check_in_over', '-1 day', '-23 hours'], ['check_in_early', '3 hours', '4 hours']])('says %s by the day of its session', (refusal, from, until) => inRegion(async (region) => {
    await begun(region.sql, region.seats, from, until)
    const code = await step(region.sql, region.seats.sessions[0]!, 0)
    await expect(region.sql.savepoint(() => passOf(region, code))).rejects.toEqual(refused(refusal))
  }))

  it('says that the session is called off, with the reason', () => inRegion(async (region) => {
    await region.sql`update public.activity_sessions set cancelled_at = now(), cancel_reason = '停电' where id = ${region.seats.sessions[0]!}`
    const code = await step(region.sql, region.seats.sessions[0]!, 0)
    await expect(region.sql.savepoint(() => passOf(region, code))).rejects.toEqual(expect.objectContaining({ message: 'check_in_cancelled', detail: expect.stringContaining('停电') as string }))
  }))

  it('gives whoever has no seat one that is free, and says when there is none', () => inRegion(async (region) => {
    const { sql, mei, hua, seats } = region
    await sql`update public.seat_pools set capacity = 1 where id = ${seats.pools[0]!}`
    const pass = await passOf(region, (await screen(region)).code)
    expect(await checkIn(region, mei, pass)).toMatchObject([{ outcome: 'in' }])
    await expect(checkIn(region, hua, pass)).rejects.toEqual(refused('check_in_full'))
    expect(await sql`select taken from public.seat_pools where id = ${seats.pools[0]!}`).toEqual([{ taken: 1 }])
    expect(await cameBy(region)).toEqual([{ person_id: mei.id, method: 'scan' }])
  }))

  it('of a term is for those who joined it, and says to whoever sits elsewhere where', () => inRegion(async (region) => {
    const { sql, as, school, mei, hua, seats } = region
    const other = await publish(sql, as, school, { startsIn: [2], fields: { title: '书法班' } })
    await signUp(region, hua, other.pools[0]!)
    const pass = await passOf(region, (await screen(region)).code)
    await expect(checkIn(region, mei, pass)).rejects.toEqual(refused('check_in_not_signed_up'))
    await expect(checkIn(region, hua, pass)).rejects.toEqual(expect.objectContaining({ message: 'check_in_other_session', detail: expect.stringContaining('书法班') as string }))
    expect(await sql`select count(*)::integer as marks from public.attendance_marks where session_id = ${seats.sessions[0]!}`).toEqual([{ marks: 0 }])
  }, { fields: { signUp: 'term' } }))

  it('is not for whoever waits to be admitted or is too old', () => inRegion(async (region) => {
    const { sql, mei, hua, seats } = region
    await sql`update public.activity_sessions set starts_at = now() + interval '1 hour', ends_at = now() + interval '2 hours' where id = ${seats.sessions[0]!}`
    await signUp(region, mei, seats.pools[0]!)
    await begun(sql, seats)
    const pass = await passOf(region, (await screen(region)).code)
    await expect(checkIn(region, mei, pass)).rejects.toEqual(refused('check_in_asked'))
    await expect(checkIn(region, hua, pass)).rejects.toEqual(refused('check_in_not_signed_up'))
  }, { fields: { signUp: 'session', admission: 'approval' } }))

  it('marks a child in care, and nobody else', () => inRegion(async (region) => {
    const { sql, school, mei, hua } = region
    const child = await makePerson(sql, school.places.willow, { name: '王小明', birthYear: new Date().getFullYear() - 8 })
    await sql`insert into public.guardians (child_id, guardian_id, relation, consent) values (${child.id}, ${mei.id}, 'mother', true)`
    const pass = await passOf(region, (await screen(region)).code)
    await expect(checkIn(region, hua, pass, child)).rejects.toEqual(refused('person_not_yours'))
    expect(await checkIn(region, mei, pass, child)).toMatchObject([{ person_id: child.id, outcome: 'in' }])
  }))
})

describe('a pass', () => {
  it('lasts a quarter of an hour and cannot be made up', () => inRegion(async (region) => {
    const { sql, mei, seats } = region
    const old = (await sql`select private.check_in_pass_of(${seats.sessions[0]!}, 'scan', extract(epoch from now())::bigint - 901) as pass`)[0]!.pass as string
    await expect(checkIn(region, mei, old)).rejects.toEqual(refused('check_in_pass_over'))
    const pass = await passOf(region, (await screen(region)).code)
    for (const wrong of [pass.replace('scan', 'spoken'), pass.replace(/^\d+/, '1'), 'x']) await expect(checkIn(region, mei, wrong)).rejects.toEqual(refused('check_in_pass_over'))
  }))

  it('shows the session with those who may be marked by it', () => inRegion(async (region) => {
    const { as, mei } = region
    const pass = await passOf(region, (await screen(region)).code)
    const page = () => as(mei.account, one => one`select public.check_in_page(${pass}) as page`).then(rows => rows[0]!.page as unknown)
    expect(await page()).toMatchObject({ title: '智能手机入门', people: [{ id: mei.id, isMe: true, seenAt: null }] })
    await checkIn(region, mei, pass)
    expect(await page()).toMatchObject({ people: [{ id: mei.id, seenAt: expect.any(String) as string }] })
  }))
})

describe('a word that is said', () => {
  const byWord = ({ as }: Region, who: Person, word: string) => as(who.account, one => one`select pass, seconds_to_wait from public.check_in_pass_by_word(${word})`).then(rows => rows[0] as { pass: string | null, seconds_to_wait: number })

  it('opens the session that one is signed up for, and none that one is not', () => inRegion(async (region) => {
    const { sql, mei, hua, seats } = region
    await sql`update public.activity_sessions set starts_at = now() + interval '1 hour', ends_at = now() + interval '2 hours' where id = ${seats.sessions[0]!}`
    await signUp(region, mei, seats.pools[0]!)
    await begun(sql, seats)
    const { word } = await screen(region)
    const { pass } = await byWord(region, mei, word)
    expect(await checkIn(region, mei, pass!)).toMatchObject([{ outcome: 'in' }])
    expect(await cameBy(region)).toEqual([{ person_id: mei.id, method: 'spoken' }])
    expect(await byWord(region, hua, word)).toEqual({ pass: null, seconds_to_wait: 0 })
  }))

  it('opens one near home that takes everybody', () => inRegion(async (region) => {
    const { pass } = await byWord(region, region.mei, (await screen(region)).word)
    expect(await checkIn(region, region.mei, pass!)).toMatchObject([{ outcome: 'in' }])
  }, { fields: { signUp: 'none' } }))

  it('cannot be guessed: after ten tries it is said to wait', () => inRegion(async (region) => {
    const { word } = await screen(region)
    const wrong = word === '0000' ? '0001' : '0000'
    for (let n = 0; n < 10; n++) expect(await byWord(region, region.mei, wrong)).toEqual({ pass: null, seconds_to_wait: 0 })
    expect((await byWord(region, region.mei, word)).seconds_to_wait).toBeGreaterThan(0)
  }, { fields: { signUp: 'none' } }))
})

it('the screen is for staff of the host', () => inRegion(async (region) => {
  for (const who of [region.mei]) await expect(screen(region, who)).rejects.toEqual(refused('session_unknown'))
}))
