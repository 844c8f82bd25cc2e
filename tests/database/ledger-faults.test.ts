// What other ledgers got wrong, each as a test of ours (design of the credit bank, section 4): envato/double_entry#168 and #114,
// Climactic/laravel-credits#20, own-pay/OwnPay#180, formancehq/wallets#109, LerianStudio/midaz#1974, erp-mafia/accounted#385, Jepsen on
// PostgreSQL 12.3, and ‘Possible G2-item at SERIALIZABLE’ on hackorum (18.4). Two connections take turns in a fixed order, so nothing here is
// left to luck.
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import postgres from 'postgres'
import { addTextLesson, makeCourse, makeNetwork, makePerson, type Person, type Sql } from '../fixtures/database.ts'
import { type Asking, meeting as meetingOf } from '../fixtures/meeting.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

const DATABASE = 'ledger_faults'
let sql: postgres.Sql
let willow: number
let mei: Person
let events = 0

beforeAll(async () => {
  sql = await pristineDatabase(DATABASE)
  willow = (await makeNetwork(sql as unknown as Sql)).willow
})
beforeEach(async () => { mei = await makePerson(sql as unknown as Sql, willow) })

async function attended(personId: number) {
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${`fault:${++events}`}, id, 'training', true, 'learner', residence_unit_id, '{resident}', '2026-05-12T09:00:00+08:00', '2026-05-12T10:00:00+08:00', 1, 'attended', 'onsite', 'scan'
    from public.persons where id = ${personId} returning id, key`
  return fact as unknown as { id: number, key: string }
}
const award = (fact: { id: number, key: string }, minutes = 10): Asking => connection =>
  connection`select * from private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', ${minutes})`
const apply = (key: string, milliCredits: number): Asking => connection => connection`select * from private.apply_credit(${key}, ${mei.id}, ${milliCredits})`

const meeting = (first: Asking, second: Asking) => meetingOf(sql, first, second)

/** A connection beside those of the pool. */
function connectApart(): postgres.Sql {
  const url = new URL(inject('databaseUrl'))
  url.pathname = DATABASE
  return postgres(url.href, { max: 1, onnotice: () => undefined })
}

const postings = async () => (await sql`select count(*)::integer as count from public.credit_postings where person_id = ${mei.id}`)[0]!.count
const balance = async () => Number((await sql`select private.available_credits(${mei.id}) as balance`)[0]!.balance)
const noFaults = async () => expect(await sql`select * from private.credit_faults()`).toEqual([])

describe('two at once for one learner', () => {
  it('the second waits for the first, also where the learner never had a posting: the row that is locked does not move (laravel-credits#20)', async () => {
    const facts = [await attended(mei.id), await attended(mei.id)]
    const met = await meeting(award(facts[0]!), award(facts[1]!))
    expect(met).toMatchObject({ waited: true, second: { status: 'fulfilled' } })
    expect([await postings(), await balance()]).toEqual([2, 400])
    const again = await meeting(award(await attended(mei.id)), award(await attended(mei.id)))
    expect(again).toMatchObject({ waited: true, second: { status: 'fulfilled' } })
    expect(await balance()).toBe(800)
    await noFaults()
  })

  it('one event sent by both is posted once, and both hear the same answer (OwnPay#180)', async () => {
    const fact = await attended(mei.id)
    const met = await meeting(award(fact), award(fact))
    expect(met.second).toMatchObject({ status: 'fulfilled' })
    expect(met.second.status === 'fulfilled' && met.second.value[0]!.id).toBe(met.first.id)
    expect([await postings(), await balance()]).toEqual([1, 200])
    await noFaults()
  })

  it('no balance falls below zero when both use the same credits (double_entry#114), at the isolation that everybody has (Jepsen, PostgreSQL 12.3)', async () => {
    await award(await attended(mei.id))(sql)
    const met = await meeting(apply('award:one', 150), apply('award:other', 150))
    expect(met.second).toMatchObject({ status: 'rejected', reason: { code: 'PT409', message: 'credits_too_few' } })
    expect(await balance()).toBe(50)
    await noFaults()
  })

  describe.each(['read committed', 'repeatable read', 'serializable'])('at %s, and nothing rests on the isolation (hackorum, ‘Possible G2-item at SERIALIZABLE’)', (level) => {
    /** Both have their transaction and their snapshot before either acts; whoever is told to try again does. */
    async function bothAt(first: Asking, second: Asking): Promise<PromiseSettledResult<readonly postgres.Row[]>[]> {
      const connections = [connectApart(), connectApart()]
      try {
        for (const one of connections) {
          await one.unsafe(`begin isolation level ${level}`)
          await one`select count(*) from public.credit_postings`
        }
        const answers = await Promise.allSettled([first, second].map(async (ask, index) => {
          const one = connections[index]!
          try {
            const rows = await ask(one)
            await one`commit`
            return rows
          }
          catch (error) {
            await one`rollback`
            // As PostgreSQL tells a transaction to do; a refusal of the ledger is an answer.
            if ((error as { code?: string }).code === '40001' || (error as { code?: string }).code === '40P01') return ask(one)
            throw error
          }
        }))
        return answers
      }
      finally { await Promise.all(connections.map(one => one.end())) }
    }

    it('one event is inserted once, with one answer for both, also for a learner who never had a posting', async () => {
      const fact = await attended(mei.id)
      const answers = await bothAt(award(fact), award(fact))
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
      expect(new Set(answers.map(answer => answer.status === 'fulfilled' && answer.value[0]!.id)).size).toBe(1)
      expect([await postings(), await balance()]).toEqual([1, 200])
      await noFaults()
    })

    it('credits that are there once are used once', async () => {
      await award(await attended(mei.id))(sql)
      const answers = await bothAt(apply(`${level}:one`, 150), apply(`${level}:other`, 150))
      expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'PT409', message: 'credits_too_few' })
      expect(await balance()).toBe(50)
      await noFaults()
    })

    it('different events of a new learner are both posted, one after the other', async () => {
      const answers = await bothAt(award(await attended(mei.id)), award(await attended(mei.id)))
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
      expect([await postings(), await balance()]).toEqual([2, 400])
      await noFaults()
    })
  })

  it('without a lock the unique key alone still lets nothing in twice', async () => {
    const fact = await attended(mei.id)
    await award(fact)(sql)
    // What an insert that found nothing, at whatever isolation, would do next.
    await expect(sql.begin(one => one`insert into public.credit_postings (key, request_hash, kind, person_id, participation_id, rule_id, milli_credits, outcome, occurred_at, balance_after_milli_credits, seq, chain)
      select key, request_hash, kind, person_id, participation_id, rule_id, milli_credits, outcome, occurred_at, balance_after_milli_credits, seq + 1, chain from public.credit_postings where person_id = ${mei.id}`))
      .rejects.toMatchObject({ code: '23505', constraint_name: 'credit_postings_key_key' })
    await noFaults()
  })

  it('of two reversals of one posting one is posted', async () => {
    const [posting] = await award(await attended(mei.id))(sql)
    const reverse: Asking = connection => connection`select * from private.reverse_credit(${posting!.id}, 'record_corrected')`
    const met = await meeting(reverse, reverse)
    expect(met.second.status === 'fulfilled' && met.second.value[0]!.id).toBe(met.first.id)
    expect([await postings(), await balance()]).toEqual([2, 0])
    await noFaults()
  })

  it('what the first gave up with its transaction is not in the way of the second', async () => {
    const fact = await attended(mei.id)
    const met = await meetingOf(sql, award(fact), award(fact), 'rollback')
    expect(met).toMatchObject({ waited: true, second: { status: 'fulfilled', value: [{ outcome: 'posted', seq: '1' }] } })
    expect([await postings(), await balance()]).toEqual([1, 200])
    await noFaults()
  })
})

describe('an event told again', () => {
  it('has the key that it had: nothing of it is made up while asking (formancehq/wallets#109)', async () => {
    const fact = await attended(mei.id)
    for (let time = 0; time < 3; time++) await sql`select private.post_credit(${fact.key}, ${fact.id}, 'lesson_completed', 10)`
    expect([await postings(), await balance()]).toEqual([1, 200])
  })

  it('by somebody whose answer was lost gets the answer of then: idempotency is the ledger’s own (midaz#1974)', async () => {
    const fact = await attended(mei.id)
    const lost = connectApart()
    const [{ pid }] = await lost`select pg_backend_pid() as pid` as unknown as [{ pid: number }]
    const [first] = await award(fact)(lost)
    await sql`select pg_terminate_backend(${pid})`
    await lost.end()
    const [again] = await award(fact)(sql)
    expect(again!.id).toBe(first!.id)
    await noFaults()
  })

  it('of one event every learner has an own answer: the key names the learner (accounted#385)', async () => {
    const wang = await makePerson(sql as unknown as Sql, willow)
    const { courseId } = await makeCourse(sql as unknown as Sql)
    const lessonId = await addTextLesson(sql as unknown as Sql, courseId)
    // One lesson finished by both at one moment: the keys are those that the portal makes.
    for (const { id } of [mei, wang]) for (let time = 0; time < 2; time++)
      await sql`select private.complete_lesson(${id}, ${lessonId}, '{}', '2026-05-12T09:00:00+08:00', '2026-05-12T09:05:00+08:00', 300000, 300000, 'web')`
    const answers = await sql`select person_id, key, milli_credits from public.credit_postings where person_id in (${mei.id}, ${wang.id}) order by person_id`
    expect(answers).toMatchObject([{ person_id: String(mei.id), milli_credits: '100' }, { person_id: String(wang.id), milli_credits: '100' }])
    // And a key that names one learner gives another neither the answer nor the credits.
    const fact = await attended(wang.id)
    await expect(award({ id: fact.id, key: answers[0]!.key as string }, 5)(sql)).rejects.toMatchObject({ code: 'PT409', message: 'key_reused' })
    expect(await sql`select id from public.credit_postings where person_id = ${wang.id}`).toHaveLength(1)
    await noFaults()
  })
})

describe('a clock that goes back', () => {
  /** As if the clock had stood so much later when the learner's last posting was made. */
  const lastPostedAhead = (seconds: number) => sql.begin(async (one) => {
    await one`set local session_replication_role = replica`
    await one`update public.credit_postings set posted_at = clock_timestamp() + ${seconds} * interval '1 second' where id = (select max(id) from public.credit_postings where person_id = ${mei.id})`
  })
  const inOrder = async () => (await sql`select posted_at >= lag(posted_at) over (order by seq) as follows from public.credit_postings where person_id = ${mei.id}`).every(({ follows }) => follows !== false)

  it('by more than a minute: nothing is posted, and it is said why; once it is right again the same key is posted once', async () => {
    await award(await attended(mei.id))(sql)
    await lastPostedAhead(90)
    const late = await attended(mei.id)
    const [before] = await sql`select seq, head from public.credit_learners where person_id = ${mei.id}`
    for (const refused of [award(late), apply('clock:one', 50)])
      await expect(refused(sql)).rejects.toMatchObject({ code: 'PT503', message: 'clock_went_back' })
    expect([await postings(), await balance()]).toEqual([1, 200])
    expect((await sql`select seq, head from public.credit_learners where person_id = ${mei.id}`)[0]).toEqual(before)
    await noFaults()
    await lastPostedAhead(-1)
    await award(late)(sql)
    await award(late)(sql)
    expect([await postings(), await balance()]).toEqual([2, 400])
    await noFaults()
  })

  it('by a moment: the posting takes the time of the one before, so that no year of the passbook begins twice', async () => {
    await award(await attended(mei.id))(sql)
    await lastPostedAhead(20)
    await award(await attended(mei.id))(sql)
    expect([await postings(), await inOrder()]).toEqual([2, true])
    await noFaults()
  })

  it('in the time that somebody gives: whoever began to wait before another was posted is dated after it', async () => {
    await award(await attended(mei.id))(sql)
    const fact = await attended(mei.id)
    await sql`select private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', 10, clock_timestamp() - interval '3 days')`
    expect([await postings(), await inOrder()]).toEqual([2, true])
    await noFaults()
  })

  it('among what happened is none: a list that comes late counts for its own day', async () => {
    await award(await attended(mei.id))(sql)
    const [fact] = await sql`
      insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
      select ${`late:${mei.id}`}, id, 'training', true, 'learner', residence_unit_id, '{resident}', '2025-12-30T09:00:00+08:00', '2025-12-30T10:00:00+08:00', 1, 'attended', 'onsite', 'scan'
      from public.persons where id = ${mei.id} returning id, key`
    expect((await award(fact as unknown as { id: number, key: string })(sql))[0]).toMatchObject({ outcome: 'posted' })
    expect((await sql`select counted_on::text from public.credit_postings where person_id = ${mei.id} order by seq desc limit 1`)[0]!.counted_on).toBe('2025-12-30')
    await noFaults()
  })

  it('behind the triggers’ back is found by the nightly check', async () => {
    await award(await attended(mei.id))(sql)
    await award(await attended(mei.id))(sql)
    await lastPostedAhead(-3600)
    expect(await sql`select * from private.credit_faults()`).toEqual([{ invariant: 'time_follows_chain', subject: `${mei.id}:2` }])
    await lastPostedAhead(0)
    await noFaults()
  })
})

it('after months of earning, using and taking back, every balance is the sum of its lines (double_entry#168)', async () => {
  const ids: string[] = []
  for (let step = 0; step < 60; step++) {
    ids.push((await award(await attended(mei.id), 1 + step * 13 % 40)(sql))[0]!.id as string)
    if (step % 5 === 4) await apply(`month:${mei.id}:${step}`, 30 + step)(sql)
    if (step % 3 === 2) await sql`select private.reverse_credit(${ids[step - 2]!}, 'record_corrected')`
  }
  // Reckoned without the ledger's own check: what was earned and taken back, less what was used, is what there is less what is owed.
  const [sum] = await sql`select sum(milli_credits) filter (where kind in ('award', 'reversal'))::integer as earned, -sum(milli_credits) filter (where kind = 'application')::integer as used
    from public.credit_postings where person_id = ${mei.id}`
  const [held] = await sql`select private.available_credits(${mei.id})::integer - private.credit_debt(${mei.id})::integer as left`
  expect([sum!.used > 0, held!.left]).toEqual([true, sum!.earned - sum!.used])
  await noFaults()
})
