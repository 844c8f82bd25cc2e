// Logs of devices that were offline: whatever order they arrive in, however they are cut up or sent again, one state and one report.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { makePerson, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

const DAY = 86_400_000
const DEVICES = [{ device: '前台', off: 0 }, { device: '门口', off: DAY }, { device: '二楼', off: -3_600_000 }] as const

it('of several devices, one a day ahead, in any order, cut and repeated at will, is one attendance and one report of double marks', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const people: Person[] = []
  for (let n = 0; n < 5; n++) people.push(await makePerson(sql, school.places.willow))
  const { sessions: [session], pools: [pool] } = await publish(sql, as, school, { seats: 2, startsIn: [-1] })
  await sql`update public.activity_sessions set starts_at = now() - interval '50 minutes', ends_at = now() + interval '10 minutes' where id = ${session!}`
  const [{ starts_at: start }] = await sql`select starts_at from public.activity_sessions where id = ${session!}` as unknown as [{ starts_at: Date }]

  const entry = fc.record({ who: fc.nat(4), device: fc.nat(2), minute: fc.nat(45), method: fc.constantFrom('card', 'roster', 'walk_in'), clientId: fc.uuid() })
  const log = fc.uniqueArray(entry, { minLength: 1, maxLength: 14, selector: ({ clientId }) => clientId })
  await fc.assert(fc.asyncProperty(log, fc.infiniteStream(fc.nat(999)), async (entries, dice) => {
    const draw = (below: number) => dice.next().value! % below
    const marks = entries.map(({ who, device, minute, method, clientId }) => {
      const { off, device: name } = DEVICES[device]!
      return { clientId, personId: people[who]!.id, method, device: name, deviceAt: new Date(start.getTime() + minute * 60_000 + off), clockOffMs: -off }
    })
    const states: { present: readonly { times: number, person_id: number, seen_at: Date }[], report: unknown, seats: unknown }[] = []
    for (let time = 0; time < 2; time++) {
      await sql.savepoint(async (inner: Transaction) => {
        const sent = [...marks, ...marks.filter(() => draw(3) === 0)].map(one => ({ one, at: draw(1000) })).sort((a, b) => a.at - b.at).map(({ one }) => one)
        while (sent.length) {
          const piece = sent.splice(0, 1 + draw(5))
          const answers = await as(school.tutor.account, one => one`select outcome from public.mark_attendance(${session!}, ${one.json(piece as never)})`)
          expect(answers.every(({ outcome }) => ['in', 'again'].includes(outcome as string))).toBe(true)
        }
        const [report] = await as(school.tutor.account, one => one`select public.session_double_marks(${session!}) as report`)
        const [seats] = await inner`select capacity, taken, held from public.seat_pools where id = ${pool!}`
        states.push({ present: await inner`select person_id, method, seen_at, times from private.attendance_of(${session!}) order by person_id`, report: report!.report, seats } as never)
        expect(await inner`select * from private.seat_faults()`).toEqual([])
        throw new Error('undone')
      }).catch((error: Error) => { if (error.message !== 'undone') throw error })
    }
    expect(states[1]).toEqual(states[0])

    // And it is the state that the rule says: of each person the first by the time put right, then by the number.
    const { present, report } = states[0]!
    const at = ({ deviceAt, clockOffMs }: typeof marks[number]) => deviceAt.getTime() + clockOffMs
    for (const who of people) {
      const own = marks.filter(({ personId }) => personId === who.id).sort((a, b) => at(a) - at(b) || (a.clientId < b.clientId ? -1 : 1))
      const row = present.find(({ person_id }) => person_id === who.id)
      expect(row?.times ?? 0).toBe(own.length)
      if (row) expect(row.seen_at.getTime()).toBe(Math.max(at(own[0]!), start.getTime()))
    }
    const told = report as { doubles: { personId: number, marks: unknown[] }[], clocks: { device: string }[] }
    expect(told.doubles.map(({ personId, marks: { length } }) => [personId, length]).sort()).toEqual(present.filter(({ times }) => times > 1).map(({ person_id, times }) => [person_id, times]).sort())
    expect(told.clocks.map(({ device }) => device)).toEqual(expect.arrayContaining(marks.some(({ device }) => device === '门口') ? ['门口'] : []))
    expect(told.clocks.every(({ device }) => device !== '前台')).toBe(true)
  }), { numRuns: 25 })
}), 90_000)

it('refuses a number that another mark has', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const [one, two] = [await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow)]
  const { sessions: [session] } = await publish(sql, as, school, { startsIn: [-20] })
  const mark = (who: Person) => as(school.tutor.account, sql => sql`select outcome from public.mark_attendance(${session!}, ${sql.json([{ clientId: '0b0b0b0b-0000-4000-8000-000000000001', personId: who.id, method: 'roster', device: '前台' }] as never)})`)
  expect(await mark(one)).toMatchObject([{ outcome: 'in' }])
  expect(await mark(one)).toMatchObject([{ outcome: 'in' }])
  await expect(mark(two)).rejects.toEqual(expect.objectContaining({ message: 'mark_id_taken' }))
}))
