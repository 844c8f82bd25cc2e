// The rule of hours against a plain count minute by minute, in any order of confirmation; and who meets.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type As, committedAs, type Person, type pool, type Transaction, withRollback } from '../fixtures/database.ts'
import { makeClass, makePlace, makeService, makeShift, makeVolunteer, type Service } from '../fixtures/volunteers.ts'
import { pristinePool } from '../fixtures/pristine.ts'

interface Span { from: number, length: number }
interface Serving extends Span { late: number, early: number, unit: 'school' | 'willow' | 'orchard', end: 'kept' | 'withdrawn' | 'shortened' }

const DAY = 1440
const CHINA = 480
/** Midnight in China, four days ago, in minutes since 1970. */
const base = Math.floor((Date.now() / 60_000 + CHINA) / DAY) * DAY - CHINA - 4 * DAY
const at = (minute: number) => new Date((base + minute) * 60_000)

/** Hours as anybody would count them: minute by minute, by the clock, each once; days in China, half hours, eight a day. */
function plain(served: { from: number, to: number }[], classes: Span[]): number[] {
  const inClass = new Set(classes.flatMap(({ from, length }) => Array.from({ length }, (_, minute) => from + minute)))
  const taken = new Set<number>()
  const usedOn = new Map<number, number>()
  const counts = new Map<number, number>()
  for (const [place] of [...served.entries()].sort(([a, one], [b, other]) => one.from - other.from || a - b)) {
    const days = new Map<number, number>()
    for (let minute = served[place]!.from; minute < served[place]!.to; minute++) {
      if (inClass.has(minute) || taken.has(minute)) continue
      taken.add(minute)
      days.set(Math.floor(minute / DAY), (days.get(Math.floor(minute / DAY)) ?? 0) + 1)
    }
    let sum = 0
    for (const [day, minutes] of [...days].sort(([a], [b]) => a - b)) {
      const used = usedOn.get(day) ?? 0
      const counted = Math.min(Math.floor(minutes / 30) * 30, DAY / 3 - used)
      usedOn.set(day, used + counted)
      sum += counted
    }
    counts.set(place, sum)
  }
  return served.map((_, place) => counts.get(place)!)
}

const serving = fc.record({
  from: fc.integer({ min: 0, max: 3 * DAY - 1 }), length: fc.integer({ min: 5, max: 720 }), late: fc.integer({ min: 0, max: 90 }), early: fc.integer({ min: 0, max: 90 }),
  unit: fc.constantFrom('school' as const, 'willow' as const, 'orchard' as const), end: fc.constantFrom('kept' as const, 'kept' as const, 'kept' as const, 'withdrawn' as const, 'shortened' as const),
}).filter(({ length, late, early }) => length - late - early > 0)
const lesson = fc.record({ from: fc.integer({ min: 0, max: 3 * DAY - 1 }), length: fc.integer({ min: 10, max: 300 }) })

describe('hours of service', () => {
  it('are what a plain count says, in any order in which shifts and classes are confirmed and corrected', async () => {
    await fc.assert(fc.asyncProperty(fc.array(serving, { minLength: 1, maxLength: 8 }), fc.array(lesson, { maxLength: 3 }), fc.infiniteStream(fc.nat(1000)), (shifts, classes, chance) => withRollback(async (sql, as) => {
      const service = await makeService(sql)
      const mei = await makeVolunteer(sql, service)
      const places: { shift: number, place: number }[] = []
      for (const one of shifts) {
        const shift = await makeShift(sql, as, service, { from: at(one.from), to: at(one.from + one.length), unit: service.places[one.unit] })
        places.push({ shift, place: await makePlace(sql, shift, mei, at(one.from + one.late), at(one.from + one.length - one.early)) })
      }
      const acts = [
        ...shifts.map((one, place) => ({ run: () => end(as, service, places[place]!, one) })),
        ...classes.map(one => ({ run: () => makeClass(sql, mei, at(one.from), at(one.from + one.length)) })),
      ].map(act => ({ ...act, turn: chance.next().value as number })).sort((one, other) => one.turn - other.turn)
      for (const act of acts) await act.run()
      await sql`select private.recount_service(1000)`

      const kept = shifts.map((one, place) => ({ place, end: one.end, from: one.from + one.late, to: one.from + one.length - one.early }))
        .map(one => one.end === 'shortened' ? { ...one, to: one.from + Math.ceil((one.to - one.from) / 2) } : one)
      const counted = kept.filter(one => one.end !== 'withdrawn')
      const expected = new Map(plain(counted, classes).map((minutes, index) => [counted[index]!.place, minutes]))
      const found = await sql`select place.id, standing.minutes from public.service_places place cross join lateral private.standing_service(place.id) standing where place.person_id = ${mei.id} order by place.id`
      expect(found.map(one => one.minutes)).toEqual(kept.map(one => expected.get(one.place) ?? 0))
      const total = [...expected.values()].reduce((sum, minutes) => sum + minutes, 0)
      expect(await sql`select coalesce(sum(minutes), 0)::integer as minutes, coalesce(sum(milli_credits), 0)::integer as credits from public.credit_postings where person_id = ${mei.id}`).toEqual([{ minutes: total, credits: total * 20 }])
      expect(await sql`select coalesce(sum(fact.hours * 60), 0)::integer as minutes from public.participations fact where fact.person_id = ${mei.id} and fact.kind = 'volunteer_service' and fact.status = 'attended'
        and not exists (select from public.participations later where later.corrects = fact.id)`).toEqual([{ minutes: total }])
      expect(await sql`select * from private.service_faults()`).toEqual([])
      expect(await sql`select * from private.credit_faults_of_service()`).toEqual([])
    })), { numRuns: 60 })
  }, 240_000)
})

async function end(as: As, { manager }: Service, { shift, place }: { shift: number, place: number }, one: Serving): Promise<void> {
  await as(manager.account, sql => sql`select * from public.confirm_service(${shift})`)
  const came = one.from + one.late
  const went = one.from + one.length - one.early
  if (one.end === 'withdrawn') await as(manager.account, sql => sql`select public.correct_service(${place}, null, null, '没有来')`)
  if (one.end === 'shortened') await as(manager.account, sql => sql`select public.correct_service(${place}, ${at(came)}, ${at(came + Math.ceil((went - came) / 2))}, '提前走了')`)
}

describe('who meets', () => {
  const region = pristinePool('service_hours', 10)
  const world = async () => {
    const sql = await region
    const as: As = (who, call) => committedAs(who, call, sql)
    const service = await makeService(sql)
    return { sql, as, service }
  }
  const faults = async (sql: typeof pool) => expect([...await sql`select * from private.service_faults()`, ...await sql`select * from private.credit_faults()`]).toEqual([])

  it('for the last place: one has it, and the other is told', async () => {
    const { sql, as, service } = await world()
    const people = await Promise.all(['甲', '乙', '丙', '丁', '戊', '己'].map(name => makeVolunteer(sql, service, `王${name}`)))
    const shift = await makeShift(sql, as, service, { from: new Date(Date.now() + 86_400_000), to: new Date(Date.now() + 90_000_000), capacity: 2 })
    const answers = await Promise.allSettled(people.map(one => as(one.account, call => call`select * from public.take_service_place(${shift})`)))
    expect(answers.filter(one => one.status === 'fulfilled')).toHaveLength(2)
    expect(answers.filter(one => one.status === 'rejected').map(one => one.reason.message)).toEqual(Array.from({ length: 4 }, () => 'shift_full'))
    await faults(sql)
  })

  it('at the same confirmation, and at shifts of the same people: each hour counts once', async () => {
    const { sql, as, service } = await world()
    const people = await Promise.all(['甲', '乙', '丙'].map(name => makeVolunteer(sql, service, `李${name}`)))
    const shifts: number[] = []
    for (const from of [540, 600, 660]) {
      const shift = await makeShift(sql, as, service, { from: at(from), to: at(from + 120) })
      for (const one of people) await makePlace(sql, shift, one, at(from), at(from + 120))
      shifts.push(shift)
    }
    const press = (who: Person, shift: number) => as(who.account, (call: Transaction) => call`select * from public.confirm_service(${shift})`)
    await Promise.all(shifts.flatMap(shift => [press(service.manager, shift), press(service.second, shift), press(service.manager, shift)]))
    for (const one of people) {
      expect(await sql`select sum(standing.minutes)::integer as minutes from public.service_places place cross join lateral private.standing_service(place.id) standing where place.person_id = ${one.id}`).toEqual([{ minutes: 240 }])
      expect(await sql`select sum(milli_credits)::integer as credits from public.credit_postings where person_id = ${one.id}`).toEqual([{ credits: 4800 }])
    }
    await faults(sql)
  })
})
