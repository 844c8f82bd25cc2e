// How a session was: said by those who came, once, for two weeks; shown at the desk as counts that give nobody away.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type As, committedAs, makePerson, makeStaff, type Person, pool, type Transaction, withRollback } from '../fixtures/database.ts'
import { makeSchool, publish, type School } from '../fixtures/activities.ts'

interface Evening { sql: Transaction, as: As, school: School, session: number, came: Person[] }
/** A session that is over and that some people came to, confirmed unless told otherwise. */
const afterwards = (test: (evening: Evening) => Promise<unknown>, { people = 2, confirms = true } = {}) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { sessions: [session] } = await publish(sql, as, school, { startsIn: [-3], fields: { signUp: 'none' } })
  const came: Person[] = []
  for (let n = 0; n < people; n++) came.push(await makePerson(sql, school.places.willow))
  await mark(sql, as, school, session!, came)
  if (confirms) await as(school.manager.account, one => one`select * from public.confirm_session(${session!})`)
  await test({ sql, as, school, session: session!, came })
})
const mark = (_sql: Transaction, as: As, { manager }: School, session: number, people: Person[]) =>
  as(manager.account, one => one`select * from public.mark_attendance(${session}, ${one.json(people.map(({ id }) => ({ clientId: crypto.randomUUID(), personId: id, method: 'paper' })))})`)
const give = ({ as, session }: Evening, who: Person, [a, b, c]: number[] = [3, 3, 3], forPerson = who.id) => as(who.account, sql => sql`select public.give_feedback(${session}, ${forPerson}, ${a!}, ${b!}, ${c!})`)
const enter = ({ as, session }: Evening, staff: Person, who: Person, [a, b, c]: number[] = [3, 3, 3]) => as(staff.account, sql => sql`select public.enter_feedback(${session}, ${who.id}, ${a!}, ${b!}, ${c!})`)
const counts = async ({ as, session, school }: Evening) => (await as(school.tutor.account, sql => sql`select public.feedback_of_session(${session}) as one`))[0]!.one
const mine = ({ as }: Evening, who: Person) => as(who.account, sql => sql`select session_id, person_id, satisfied, by_staff from public.my_feedback()`)
const refused = (message: string) => expect.objectContaining({ message })

describe('what is said of a session', () => {
  it('is said by those who came, and by nobody else', () => afterwards(async (evening) => {
    const [wang] = evening.came
    const stranger = await makePerson(evening.sql, evening.school.places.willow)
    await expect(give(evening, stranger)).rejects.toEqual(refused('feedback_not_there'))
    await expect(give(evening, stranger, [3, 3, 3], wang!.id)).rejects.toEqual(refused('person_not_yours'))
    await expect(evening.as('anon', sql => sql`select public.give_feedback(1, 1, 3, 3, 3)`)).rejects.toThrow(/permission denied/)
    await expect(give(evening, wang!, [3, 4, 3])).rejects.toEqual(refused('choice_missing'))
    expect(await mine(evening, wang!)).toEqual([{ session_id: evening.session, person_id: wang!.id, satisfied: null, by_staff: null }])
    await give(evening, wang!)
    expect(await mine(evening, wang!)).toMatchObject([{ satisfied: 3, by_staff: false }])
    expect(await mine(evening, stranger)).toEqual([])
  }))

  it('is said once, changed for two weeks after the confirmation, and then stays', () => afterwards(async (evening) => {
    const [wang] = evening.came
    await give(evening, wang!)
    await give(evening, wang!, [1, 2, 3])
    expect(await evening.sql`select satisfied, useful, again, changed_at is not null as changed from public.session_feedback`).toEqual([{ satisfied: 1, useful: 2, again: 3, changed: true }])
    await evening.sql`update public.activity_sessions set confirmed_at = now() - interval '15 days' where id = ${evening.session}`
    await expect(give(evening, wang!)).rejects.toEqual(refused('feedback_over'))
    expect(await mine(evening, wang!)).toEqual([])
  }))

  it('waits for the end of the session, and for the attendance to stand', () => afterwards(async (evening) => {
    const [wang, li] = evening.came
    await give(evening, wang!)
    await evening.as(evening.school.manager.account, sql => sql`select public.unmark_attendance(${evening.session}, ${li!.id})`)
    await expect(give(evening, li!)).rejects.toEqual(refused('feedback_not_there'))
    await evening.sql`update public.activity_sessions set ends_at = now() + interval '1 hour' where id = ${evening.session}`
    await expect(give(evening, wang!)).rejects.toEqual(refused('session_not_over'))
  }, { confirms: false }))

  it('is said by a guardian for a child in care', () => afterwards(async (evening) => {
    const [wang] = evening.came
    const child = await makePerson(evening.sql, evening.school.places.willow, { birthYear: 2016 })
    await mark(evening.sql, evening.as, evening.school, evening.session, [child])
    await evening.as(evening.school.manager.account, sql => sql`select * from public.confirm_session(${evening.session})`)
    await expect(give(evening, wang!, [3, 3, 3], child.id)).rejects.toEqual(refused('person_not_yours'))
    await evening.sql`insert into public.guardians (child_id, guardian_id, relation, consent, valid_from) values (${child.id}, ${wang!.id}, 'mother', true, '2020-01-01')`
    await give(evening, wang!, [2, 2, 2], child.id)
    expect((await mine(evening, wang!)).map(({ person_id }) => person_id).sort()).toEqual([wang!.id, child.id].sort())
  }))

  it('is taken down by staff for those without a phone, and never over what they said themselves', () => afterwards(async (evening) => {
    const [wang, li] = evening.came
    const { manager, tutor } = evening.school
    await enter(evening, manager, wang!, [2, 2, 2])
    await give(evening, wang!, [3, 3, 3])
    await expect(enter(evening, manager, wang!)).rejects.toEqual(refused('feedback_own'))
    await enter(evening, tutor, li!)
    await enter(evening, manager, li!, [1, 1, 1])
    const resident = await makePerson(evening.sql, evening.school.places.willow)
    await expect(enter(evening, resident, li!)).rejects.toEqual(refused('session_unknown'))
    expect(await evening.sql`select details from public.audit_events where action = 'feedback_entered'`).toEqual([{ details: {} }, { details: {} }, { details: {} }])
  }))

  it('is read by the one who said it alone', () => afterwards(async (evening) => {
    const [wang] = evening.came
    await give(evening, wang!)
    const seen = (who: string) => evening.as(who, sql => sql`select count(*)::integer as n from public.session_feedback`)
    expect(await seen(wang!.account)).toEqual([{ n: 1 }])
    expect(await seen(evening.school.manager.account)).toEqual([{ n: 0 }])
    await expect(seen('anon')).rejects.toThrow(/permission denied/)
  }))

  it('is asked for by one notice each', () => afterwards(async (evening) => {
    const told = () => evening.sql`select person_id from public.notices where kind = 'feedback_asked' order by person_id`
    expect(await told()).toEqual(evening.came.map(({ id }) => ({ person_id: id })))
    await evening.as(evening.school.manager.account, sql => sql`select * from public.confirm_session(${evening.session})`)
    expect(await told()).toHaveLength(2)
  }))
})

describe('what the desk sees', () => {
  it('is nothing but a number before the fifth answer, and then fives', () => afterwards(async (evening) => {
    for (const [place, person] of evening.came.entries()) {
      await give(evening, person, [3, place < 5 ? 3 : 1, 3])
      const { answers, shown, questions } = await counts(evening)
      expect({ answers, shown }).toEqual({ answers: place + 1, shown: place < 4 ? 0 : 5 })
      expect(questions.useful).toEqual(place < 4 ? null : [5, 0, 0])
    }
    await expect(evening.as(evening.came[0]!.account, sql => sql`select public.feedback_of_session(${evening.session})`)).rejects.toEqual(refused('session_unknown'))
  }, { people: 7 }))

  it('never tells a count of one to four, nor one that follows from the others', () => withRollback(async (sql, as) => {
    const school = await makeSchool(sql)
    const { sessions: [session] } = await publish(sql, as, school, { startsIn: [-3], fields: { signUp: 'none' } })
    const came: Person[] = []
    for (let n = 0; n < 30; n++) came.push(await makePerson(sql, school.places.willow))
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 30 }), async (said) => {
      await sql`delete from public.session_feedback`
      for (const [place, value] of said.entries()) await sql`insert into public.session_feedback (session_id, person_id, satisfied, useful, again, given_at) values (${session!}, ${came[place]!.id}, ${value}, 3, 3, now() + ${place} * interval '1 second')`
      const [{ told }] = await sql`select private.feedback_counts(${session!}) as told` as unknown as [{ told: { answers: number, shown: number, questions: { satisfied: (number | null)[] | null } } }]
      expect(told.answers).toBe(said.length)
      expect(told.shown).toBe(Math.floor(said.length / 5) * 5)
      const cells = told.questions.satisfied
      if (told.shown === 0) {
        expect(cells).toBeNull()
        return
      }
      const truth = [3, 2, 1].map(value => said.slice(0, told.shown).filter(one => one === value).length)
      for (const [place, cell] of cells!.entries()) if (cell !== null) {
        expect(cell).toBe(truth[place])
        expect(cell === 0 || cell >= 5).toBe(true)
      }
      expect(cells!.filter(cell => cell === null).length).not.toBe(1)
    }), { numRuns: 60 })
  }))
})

it('of two who write for one person at once, own words stand', async () => {
  const made = await pool.begin(async (sql) => {
    const as: As = async (who, call) => {
      await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: who, role: 'authenticated' })}, true)`
      return call(sql)
    }
    const school = await makeSchool(sql)
    const { sessions: [session] } = await publish(sql, as, school, { startsIn: [-3], fields: { signUp: 'none' } })
    const person = await makePerson(sql, school.places.willow)
    await mark(sql, as, school, session!, [person])
    return { school, session: session!, person }
  })
  for (let round = 0; round < 10; round++) {
    await pool`delete from public.session_feedback where session_id = ${made.session}`
    await Promise.allSettled([
      committedAs(made.school.manager.account, sql => sql`select public.enter_feedback(${made.session}, ${made.person.id}, 1, 1, 1)`),
      committedAs(made.person.account, sql => sql`select public.give_feedback(${made.session}, ${made.person.id}, 3, 3, 3)`),
    ])
    expect(await pool`select satisfied, by_staff from public.session_feedback where session_id = ${made.session}`).toEqual([{ satisfied: 3, by_staff: false }])
  }
})

it.each([[3, null], [5, 5]])('of %i who came, whoever sees them reads how many, and a teacher who plans there %s', (people, shown) => afterwards(async ({ sql, as, school, session }) => {
  const teacher = await makeStaff(sql, school.places.school, school.places.willow, 'teacher')
  const [activity] = await sql`select activity_id as id from public.activity_sessions where id = ${session}`
  const told = (who: Person) => as(who.account, async (one) => {
    const [row] = await one`select public.feedback_of_session(${session}) -> 'came' as said, public.activity_at_desk(${activity!.id}) -> 'sessions' -> 0 -> 'marked' as marked,
      public.session_file(${session}) -> 'facts' -> 'people' as listed`
    return [row!.said, row!.marked, row!.listed]
  })
  expect([await told(school.tutor), await told(teacher)]).toEqual([[people, people, people], [shown, shown, shown]])
}, { people }))
