// Logs of devices that were offline: whatever order they arrive in, however they are cut up or sent again, one state and one report.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { makePerson, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

const DAY = 86_400_000
/** From this minute of the session on the second card of everybody is a lost one. */
const REVOKED_MINUTE = 20
const DEVICES = [{ device: '前台', off: 0 }, { device: '门口', off: DAY }, { device: '二楼', off: -3_600_000 }] as const

it('of several devices, one a day ahead, in any order, cut and repeated at will, with marks taken back and a card revoked between, is one attendance and one report of double marks', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const people: Person[] = []
  for (let n = 0; n < 5; n++) people.push(await makePerson(sql, school.places.willow))
  const { sessions: [session], pools: [pool] } = await publish(sql, as, school, { seats: 2, startsIn: [-1] })
  await sql`update public.activity_sessions set starts_at = now() - interval '50 minutes', ends_at = now() + interval '10 minutes' where id = ${session!}`
  const [{ starts_at: start }] = await sql`select starts_at from public.activity_sessions where id = ${session!}` as unknown as [{ starts_at: Date }]
  const revokedAt = start.getTime() + REVOKED_MINUTE * 60_000
  const cards = await sql`insert into public.person_cards (number, person_id, revoked_at)
    select digits || private.card_check(digits), one.id, case when kind.is_lost then ${new Date(revokedAt)}::timestamptz end
    from unnest(${people.map(({ id }) => id)}::bigint[]) with ordinality as one (id, place) cross join (values (false), (true)) kind (is_lost)
    cross join lateral (select (700000000 + one.place * 2 + kind.is_lost::integer)::text as digits) made returning number, person_id, revoked_at is not null as lost` as unknown as { number: string, person_id: number, lost: boolean }[]

  const entry = fc.record({ who: fc.nat(4), device: fc.nat(2), minute: fc.nat(45), method: fc.constantFrom('card', 'roster', 'walk_in'), by: fc.constantFrom('name', 'card', 'lost card'), late: fc.boolean(), clientId: fc.uuid() })
  const log = fc.uniqueArray(entry, { minLength: 1, maxLength: 14, selector: ({ clientId }) => clientId })
  let takenBackAgain = 0
  let refusedCards = 0
  await fc.assert(fc.asyncProperty(log, fc.subarray([0, 1, 2, 3, 4]), fc.infiniteStream(fc.nat(999)), async (entries, mistaken, dice) => {
    const draw = (below: number) => dice.next().value! % below
    const shuffled = <T>(list: readonly T[]) => list.map(one => ({ one, at: draw(1000) })).sort((a, b) => a.at - b.at).map(({ one }) => one)
    const marks = entries.map(({ who, device, minute, method, by, late, clientId }) => {
      const { off, device: name } = DEVICES[device]!
      const person = people[who]!.id
      const seenAt = start.getTime() + minute * 60_000
      const sent = { clientId, ...(by === 'name' ? { personId: person } : { card: cards.find(one => one.person_id === person && one.lost === (by === 'lost card'))!.number }),
        method, device: name, deviceAt: new Date(seenAt + off), clockOffMs: -off }
      return { sent, clientId, person, device: name, seenAt, late, isRevoked: by === 'lost card' && seenAt >= revokedAt }
    })
    // Taken back is what was known then; who is seen afterwards is there.
    const isTakenBack = ({ late, person }: typeof marks[number]) => !late && mistaken.some(who => people[who]!.id === person)
    const states: { present: readonly { times: number, person_id: number, seen_at: Date }[], report: unknown, taken: number }[] = []
    for (let time = 0; time < 2; time++) {
      await sql.savepoint(async (inner: Transaction) => {
        const send = async (list: typeof marks, isAfter: boolean) => {
          const queue = shuffled([...list, ...list.filter(() => draw(3) === 0)])
          while (queue.length) {
            const piece = queue.splice(0, 1 + draw(5))
            const answers = await as(school.tutor.account, one => one`select outcome from public.mark_attendance(${session!}, ${one.json(piece.map(({ sent }) => sent) as never)}) order by place`)
            for (const [at, mark] of piece.entries()) {
              const outcome = answers[at]!.outcome as string
              if (mark.isRevoked) expect(outcome).toBe('card_revoked')
              else if (isAfter && isTakenBack(mark)) expect(outcome).toBe('taken_back')
              else expect(['in', 'again']).toContain(outcome)
              refusedCards += Number(mark.isRevoked)
              takenBackAgain += Number(outcome === 'taken_back')
            }
          }
        }
        await send(marks.filter(({ late }) => !late), false)
        for (const who of shuffled(mistaken)) await as(school.tutor.account, one => one`select public.unmark_attendance(${session!}, ${people[who]!.id})`)
        // A device that missed the answer sends again what was taken back meanwhile.
        await send([...marks.filter(({ late }) => late), ...marks.filter(({ late }) => !late && draw(2) === 0)], true)
        const [report] = await as(school.tutor.account, one => one`select public.session_double_marks(${session!}) as report`)
        const [seats] = await inner`select taken, held from public.seat_pools where id = ${pool!}`
        states.push({ present: await inner`select person_id, method, seen_at, times from private.attendance_of(${session!}) order by person_id`, report: report!.report, taken: seats!.taken } as never)
        expect(await inner`select * from private.seat_faults()`).toEqual([])
        throw new Error('undone')
      }).catch((error: Error) => { if (error.message !== 'undone') throw error })
    }
    expect(states[1]).toEqual(states[0])

    // And it is the state that the rule says: of each person the first that stands by the time put right, then by the number.
    const { present, report, taken } = states[0]!
    const standing = marks.filter(mark => !mark.isRevoked && !isTakenBack(mark))
    for (const who of people) {
      const own = standing.filter(({ person }) => person === who.id).sort((a, b) => a.seenAt - b.seenAt || (a.clientId < b.clientId ? -1 : 1))
      const row = present.find(({ person_id }) => person_id === who.id)
      expect(row?.times ?? 0).toBe(own.length)
      if (row) expect(row.seen_at.getTime()).toBe(Math.max(own[0]!.seenAt, start.getTime()))
    }
    // Whoever is there has a seat, and nobody who is not.
    expect(taken).toBe(present.length)
    const told = report as { doubles: { personId: number, marks: unknown[] }[], clocks: { device: string }[] }
    expect(told.doubles.map(({ personId, marks: { length } }) => [personId, length]).sort()).toEqual(present.filter(({ times }) => times > 1).map(({ person_id, times }) => [person_id, times]).sort())
    expect(told.clocks.map(({ device }) => device)).toEqual(expect.arrayContaining(standing.some(({ device }) => device === '门口') ? ['门口'] : []))
    expect(told.clocks.every(({ device }) => device !== '前台')).toBe(true)
  }), { numRuns: 30 })
  // The logs had both in them.
  expect(Math.min(takenBackAgain, refusedCards)).toBeGreaterThan(5)
}), 120_000)

it('refuses a number that another mark has', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const [one, two] = [await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow)]
  const { sessions: [session] } = await publish(sql, as, school, { startsIn: [-20] })
  const mark = (who: Person) => as(school.tutor.account, sql => sql`select outcome from public.mark_attendance(${session!}, ${sql.json([{ clientId: '0b0b0b0b-0000-4000-8000-000000000001', personId: who.id, method: 'roster', device: '前台' }] as never)})`)
  expect(await mark(one)).toMatchObject([{ outcome: 'in' }])
  expect(await mark(one)).toMatchObject([{ outcome: 'in' }])
  await expect(mark(two)).rejects.toEqual(expect.objectContaining({ message: 'mark_id_taken' }))
}))
