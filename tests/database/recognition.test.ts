// Recognition: handed in, asked, reviewed by two, decided, objected to once; one certificate once; files sealed, looked at with a reason, deleted in time.
import { randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

interface Office { sql: Transaction, as: As, places: Network, mei: Person, wang: Person, one: Person, two: Person, head: Person }
const inOffice = (test: (office: Office) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test({
    sql, as, places, mei: await makePerson(sql, places.willow), wang: await makePerson(sql, places.willow),
    one: await makeStaff(sql, places.township, places.willow, 'manager'), two: await makeStaff(sql, places.county, places.willow, 'head'), head: await makeStaff(sql, places.city, places.willow, 'head'),
  })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

const aFile = (lookup = randomBytes(32), bytes = 1000) => ({ id: randomUUID(), kind: 'application/pdf', bytes, cipher: randomBytes(40).toString('base64'), keyId: 1, lookup: lookup.toString('hex'), digest: randomBytes(60).toString('base64') })
interface Certificate { body?: string, title?: string, number?: string, level?: string, issuedOn?: string, hours?: number | null, file?: ReturnType<typeof aFile> }
const apply = async (sql: Sql, { body = '省开放大学', title = '计算机一级', number = 'KF-001', level = '', issuedOn = '2026-03-01', hours = 40, file = aFile() }: Certificate = {}) =>
  (await sql`select public.apply_recognition(${body}, ${title}, ${number}, ${level}, ${issuedOn}, ${hours}, ${sql.json(file)})::integer as id`)[0]!.id as number
const handIn = ({ as, mei }: Office, certificate: Certificate = {}, who = mei) => as(who.account, sql => apply(sql, certificate))
interface Word { accepts?: boolean, credits?: number, category?: string, reason?: string, double?: string | null }
const review = async ({ as }: Pick<Office, 'as'>, who: Person, id: number, { accepts = true, credits = 2000, category = 'digital', reason = '证书属实', double = null }: Word = {}) =>
  (await as(who.account, sql => sql`select public.review_recognition(${id}, ${accepts}, ${accepts ? credits : null}, ${accepts ? category : null}, ${reason}, ${double}) as state`))[0]!.state as string
const decide = async ({ as }: Pick<Office, 'as'>, who: Person, id: number, { accepts = true, credits = 2000, category = 'digital', reason = '按对照表', double = null }: Word = {}) =>
  (await as(who.account, sql => sql`select public.decide_recognition(${id}, ${accepts}, ${accepts ? credits : null}, ${accepts ? category : null}, ${reason}, ${double}) as state`))[0]!.state as string
const ask = ({ as }: Office, who: Person, id: number, note = '请补背面') => as(who.account, sql => sql`select public.ask_recognition(${id}, ${note})`)
const answer = ({ as }: Office, who: Person, id: number, note: string | null, file: object | null = null) => as(who.account, sql => sql`select public.answer_recognition(${id}, ${note}, ${file ? sql.json(file as never) : null})`)
const withdraw = ({ as }: Office, who: Person, id: number) => as(who.account, sql => sql`select public.withdraw_recognition(${id})`)
const object = ({ as }: Office, who: Person, id: number, reason = '应当是二级') => as(who.account, sql => sql`select public.object_recognition(${id}, ${reason})`)
const balance = async ({ sql }: Office, who: Person) => Number((await sql`select private.available_credits(${who.id}) as credits`)[0]!.credits)
const caseOf = async (sql: Sql, id: number) => (await sql`select state, round, milli_credits::integer as credits, reason, ended_at from public.recognition_cases where id = ${id}`)[0]!
const fileOf = async (sql: Sql, id: number) => (await sql`select id from private.recognition_files where case_id = ${id} limit 1`)[0]!.id as string
const reveal = ({ as }: Office, who: Person, file: string, reason: string | null = 'review', note: string | null = null) => as(who.account, sql => sql`select public.reveal_recognition_file(${file}, ${reason}, ${note}) as sealed`)

/** A corrected cap that clips nothing: all that certificates gave is taken back and posted anew. */
async function rerate({ sql, as, places, head }: Office): Promise<void> {
  const second = await makeStaff(sql, places.city, places.willow, 'manager')
  const [asked] = await as(head.account, inner => inner`select public.ask_rerating('external_result', 'cap', '2026-01-01', '2026-12-31', ${inner.json({ capPeriod: 'year', capAmount: 9 })}, '上限录错了') as id`)
  for (const step of ['count', 'post']) {
    if (step === 'post') await as(second.account, inner => inner`select public.confirm_rerating(${asked!.id})`)
    while ((await sql`select private.work_on_rerating(${asked!.id}) as more`)[0]!.more);
  }
  expect((await sql`select state from public.credit_reratings where id = ${asked!.id}`)[0]!.state).toBe('posted')
}

describe('a certificate', () => {
  it('is credited once two say the same, with the body and the case as its ground', () => inOffice(async (office) => {
    const id = await handIn(office)
    expect(await review(office, office.one, id)).toBe('open')
    expect(await balance(office, office.mei)).toBe(0)
    expect(await review(office, office.two, id)).toBe('recognised')
    expect(await balance(office, office.mei)).toBe(2000)
    const [posting] = await office.sql`select rule_id, ground, minutes::integer as minutes, counted_on::text as day from public.credit_postings where person_id = ${office.mei.id}`
    expect(posting).toMatchObject({ rule_id: 'external_result', minutes: 0, day: '2026-03-01', ground: { case: id, body: '省开放大学', external: '省开放大学', category: 'digital' } })
    expect(await office.as(office.head.account, sql => sql`select body, cases, milli_credits::integer as credits from public.recognised_by_body()`)).toEqual([{ body: '省开放大学', cases: 1, credits: 2000 }])
  }))

  it('is declined once two say no, and gives nothing', () => inOffice(async (office) => {
    const id = await handIn(office)
    await review(office, office.one, id, { accepts: false, reason: '看不清' })
    expect(await review(office, office.two, id, { accepts: false, reason: '没有公章' })).toBe('declined')
    expect(await caseOf(office.sql, id)).toMatchObject({ state: 'declined', reason: '没有公章', credits: null })
    expect(await balance(office, office.mei)).toBe(0)
  }))

  it.each([[{ credits: 3000 }], [{ category: 'science' }], [{ accepts: false }]] as [Word][])('goes to the region where the second says %o, and not to one of the two', other => inOffice(async (office) => {
    const id = await handIn(office)
    await review(office, office.one, id)
    expect(await review(office, office.head, id, other)).toBe('split')
    await expect(decide(office, office.head, id)).rejects.toMatchObject({ code: 'PT403', message: 'reviewed_before' })
    await expect(decide(office, office.two, id)).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    const third = await makeStaff(office.sql, office.places.city, office.places.willow, 'manager')
    expect(await decide(office, third, id, { credits: 2500 })).toBe('recognised')
    await expect(decide(office, third, id)).rejects.toMatchObject({ code: 'PT409', message: 'nothing_to_decide' })
    expect(await balance(office, office.mei)).toBe(2500)
  }))

  it('is clipped by the caps of its own year, and the case stays recognised', () => inOffice(async (office) => {
    await office.sql`insert into public.credit_caps (rule_id, period, amount) values ('external_result', 'year', 1500)`
    const id = await handIn(office)
    await review(office, office.one, id)
    await review(office, office.two, id)
    expect(await balance(office, office.mei)).toBe(1500)
  }))
})

describe('a reviewer', () => {
  it('is not the applicant, does not speak twice, and sees no proposal before the round is over', () => inOffice(async (office) => {
    const clerk = await makeStaff(office.sql, office.places.township, office.places.willow, 'head')
    const own = await handIn(office, { number: 'X-1' }, clerk)
    for (const act of [() => review(office, clerk, own), () => ask(office, clerk, own), async () => reveal(office, clerk, await fileOf(office.sql, own))])
      await expect(act()).rejects.toMatchObject({ code: 'PT403', message: 'own_case' })
    const id = await handIn(office)
    await review(office, office.one, id)
    await expect(review(office, office.one, id)).rejects.toMatchObject({ code: 'PT409', message: 'reviewed_already' })
    const seen = (who: Person) => office.as(who.account, sql => sql`select person_id::integer from public.recognition_reviews where case_id = ${id}`)
    expect(await seen(office.two)).toEqual([])
    expect(await seen(office.one)).toEqual([{ person_id: Number(office.one.id) }])
    const told = (who: Person) => office.as(who.account, sql => sql`select public.recognition_case(${id}) as one`).then(([row]) => row!.one as { proposals: number, reviewers: object[] })
    expect(await told(office.two)).toMatchObject({ proposals: 1, reviewers: [] })
    await review(office, office.two, id)
    expect(await seen(office.two)).toHaveLength(2)
    expect((await told(office.head)).reviewers).toHaveLength(2)
    expect(await seen(office.mei)).toEqual([])
    expect((await office.as(office.mei.account, sql => sql`select what from public.recognition_events where case_id = ${id} order by id`)).map(({ what }) => what)).toEqual(['submitted', 'recognised'])
  }))

  it('is one of two people: two rows of one are not two', () => inOffice(async (office) => {
    const id = await handIn(office)
    await review(office, office.one, id)
    await office.sql`update public.persons set merged_into = ${office.two.id}, counts_as = ${office.two.id} where id = ${office.one.id}`
    await expect(review(office, office.two, id)).rejects.toMatchObject({ code: 'PT409', message: 'reviewed_already' })
  }))

  it('says an amount, a category and a reason', () => inOffice(async (office) => {
    const id = await handIn(office)
    for (const [word, code] of [[{ credits: 0 }, 'credits_invalid'], [{ category: 'no_such' }, 'category_unknown'], [{ reason: ' ' }, 'decision_reason_missing'], [{ accepts: null }, 'decision_missing']] as [Word, string][])
      await expect(review(office, office.one, id, word)).rejects.toMatchObject({ code: 'PT422', message: code })
  }))

  it('elsewhere, an inspector and a resident know nothing of a case', () => inOffice(async (office) => {
    const id = await handIn(office)
    const others = [await makeStaff(office.sql, office.places.otherTownship, office.places.willow, 'manager'), await makeStaff(office.sql, office.places.township, office.places.willow, 'inspector'),
      await makeStaff(office.sql, office.places.township, office.places.willow, 'tutor'), office.wang]
    for (const other of others) {
      await expect(review(office, other, id)).rejects.toMatchObject({ code: 'PT404', message: 'case_unknown' })
      await expect(ask(office, other, id)).rejects.toMatchObject({ code: 'PT404' })
      await expect(reveal(office, other, await fileOf(office.sql, id))).rejects.toMatchObject({ code: 'PT404', message: 'file_unknown' })
      for (const table of ['recognition_cases', 'recognition_events', 'recognition_reviews']) expect(await office.as(other.account, sql => sql.unsafe(`select from public.${table}`))).toEqual([])
      await expect(office.as(other.account, sql => sql`select public.recognition_case(${id})`)).rejects.toMatchObject({ code: 'PT404' })
    }
  }))
})

describe('the applicant', () => {
  it('is asked, answers with a file or a word, and is not asked nothing', () => inOffice(async (office) => {
    const id = await handIn(office)
    await expect(answer(office, office.mei, id, '在这里')).rejects.toMatchObject({ code: 'PT409', message: 'nothing_asked' })
    await ask(office, office.one, id)
    await expect(answer(office, office.mei, id, ' ')).rejects.toMatchObject({ code: 'PT422', message: 'answer_missing' })
    await answer(office, office.mei, id, null, aFile())
    expect((await caseOf(office.sql, id)).state).toBe('open')
    for (let time = 0; time < 3; time++) {
      await ask(office, office.one, id)
      await answer(office, office.mei, id, '又一张', aFile())
    }
    await ask(office, office.one, id)
    await expect(answer(office, office.mei, id, null, aFile())).rejects.toMatchObject({ code: 'PT409', message: 'files_too_many' })
  }))

  it('withdraws before it is decided, and not after', () => inOffice(async (office) => {
    const id = await handIn(office)
    await withdraw(office, office.mei, id)
    await withdraw(office, office.mei, id)
    await expect(review(office, office.one, id)).rejects.toMatchObject({ message: 'case_not_open' })
    const other = await handIn(office)
    await review(office, office.one, other)
    await review(office, office.two, other)
    await expect(withdraw(office, office.mei, other)).rejects.toMatchObject({ code: 'PT409', message: 'case_decided' })
  }))

  it('objects once: what was given is taken back and given anew, or stays as it was', () => inOffice(async (office) => {
    const id = await handIn(office)
    await expect(object(office, office.mei, id)).rejects.toMatchObject({ message: 'case_not_decided' })
    await review(office, office.one, id)
    await review(office, office.two, id)
    await expect(object(office, office.mei, id, ' ')).rejects.toMatchObject({ message: 'objection_reason_missing' })
    await object(office, office.mei, id)
    expect(await balance(office, office.mei)).toBe(2000)
    await expect(review(office, office.one, id)).rejects.toMatchObject({ message: 'case_not_open' })
    expect(await decide(office, office.head, id, { credits: 4000 })).toBe('recognised')
    expect(await balance(office, office.mei)).toBe(4000)
    await expect(object(office, office.mei, id)).rejects.toMatchObject({ message: 'objected_already' })
    const kinds = (await office.sql`select kind from public.credit_postings where person_id = ${office.mei.id} order by seq`).map(({ kind }) => kind)
    expect(kinds).toEqual(['grant', 'reversal', 'grant'])
    const same = await handIn(office, { number: 'KF-002' })
    await review(office, office.one, same)
    await review(office, office.two, same)
    await object(office, office.mei, same)
    await decide(office, office.head, same)
    expect((await office.sql`select count(*)::integer as count from public.credit_postings where person_id = ${office.mei.id}`)[0]!.count).toBe(4)
    const lost = await handIn(office, { number: 'KF-003' })
    await review(office, office.one, lost)
    await review(office, office.two, lost)
    await object(office, office.mei, lost)
    expect(await decide(office, office.head, lost, { accepts: false })).toBe('declined')
    expect(await balance(office, office.mei)).toBe(6000)
  }))

  it('who never answers keeps no case open: it is decided without, or closed after sixty days', () => inOffice(async (office) => {
    const id = await handIn(office)
    await ask(office, office.one, id)
    expect(await review(office, office.one, id)).toBe('asked')
    expect(await review(office, office.two, id)).toBe('recognised')
    const silent = await handIn(office, { number: 'KF-002' })
    await ask(office, office.one, silent)
    const close = async () => (await office.sql`select private.close_unanswered_recognition() as count`)[0]!.count as number
    expect(await close()).toBe(0)
    await office.sql`alter table public.recognition_events disable trigger recognition_events_append_only`
    await office.sql`update public.recognition_events set at = at - interval '61 days' where case_id = ${silent} and what = 'asked'`
    expect(await close()).toBe(1)
    expect(await close()).toBe(0)
    expect(await caseOf(office.sql, silent)).toMatchObject({ state: 'withdrawn' })
    expect((await office.as(office.mei.account, sql => sql`select what from public.recognition_events where case_id = ${silent} order by id desc limit 1`))).toEqual([{ what: 'lapsed' }])
    // The applicant was told each time, with what is asked and what was given; nobody else was.
    const told = await office.as(office.mei.account, sql => sql`select kind, title, details from public.my_notices()`)
    expect(told.map(({ kind }) => kind)).toEqual(['case_lapsed', 'case_asked', 'case_recognised', 'case_asked'])
    expect(told[1]).toMatchObject({ details: { reason: expect.stringMatching(/../) } })
    expect(told[2]!.details).toMatchObject({ milliCredits: expect.any(Number) })
    for (const other of [office.one, office.two]) expect(await office.as(other.account, sql => sql`select id from public.notices`)).toEqual([])
    await handIn(office, { number: 'KF-002' })
  }))

  it.each([[{ credits: 4000 }, 4000], [{ accepts: false }, 0], [{}, 2000]] as [Word, number][])('objects after a re-rating: what it posted anew is what is decided on, %o', (word, credits) => inOffice(async (office) => {
    const id = await handIn(office)
    await review(office, office.one, id)
    await review(office, office.two, id)
    await rerate(office)
    expect(await office.sql`select * from private.credit_faults()`).toEqual([])
    await object(office, office.mei, id)
    await decide(office, office.head, id, word)
    expect(await balance(office, office.mei)).toBe(credits)
  }))

  it('keeps what a case gave: nobody corrects it beside the case', () => inOffice(async (office) => {
    const id = await handIn(office)
    await review(office, office.one, id)
    await review(office, office.two, id)
    const [posting] = await office.sql`select posting_id from public.recognition_cases where id = ${id}`
    await expect(office.as(office.one.account, sql => sql`select public.ask_credit_reversal(${posting!.posting_id}, 'system_fault', '证书有误')`)).rejects.toMatchObject({ code: 'PT409', message: 'certificate_not_reversible' })
  }))

  it('objects in time', () => inOffice(async (office) => {
    const id = await handIn(office)
    await review(office, office.one, id, { accepts: false })
    await review(office, office.two, id, { accepts: false })
    await office.sql`update public.recognition_cases set decided_at = decided_at - interval '31 days' where id = ${id}`
    await expect(object(office, office.mei, id)).rejects.toMatchObject({ code: 'PT409', message: 'objection_late' })
  }))

  it('does not see, answer, withdraw or object to another’s case, by a stolen number or otherwise', () => inOffice(async (office) => {
    const id = await handIn(office)
    await ask(office, office.one, id)
    for (const act of [() => answer(office, office.wang, id, '我的'), () => withdraw(office, office.wang, id), () => object(office, office.wang, id)])
      await expect(act()).rejects.toMatchObject({ code: 'PT404', message: 'case_unknown' })
    expect(await office.as(office.wang.account, sql => sql`select * from public.my_recognition_files()`)).toEqual([])
    expect(await office.as(office.mei.account, sql => sql`select case_id::integer from public.my_recognition_files()`)).toEqual([{ case_id: id }])
    await expect(office.as('anon', sql => sql`select public.withdraw_recognition(${id})`)).rejects.toMatchObject({ code: '42501' })
  }))

  it.each([
    [{ body: ' ' }, 'body_missing'], [{ title: '' }, 'certificate_title_missing'], [{ issuedOn: '2099-01-01' }, 'issued_on_invalid'], [{ issuedOn: '1940-01-01' }, 'issued_on_invalid'],
    [{ hours: 0 }, 'certificate_hours_invalid'], [{ number: '9'.repeat(41) }, 'certificate_number_long'], [{ level: '级'.repeat(21) }, 'certificate_level_long'],
  ] as [Certificate, string][])('%o is refused: %s', (certificate, code) => inOffice(async (office) => {
    await expect(handIn(office, certificate)).rejects.toMatchObject({ code: 'PT422', message: code })
  }))

  it('brings no more than five megabytes, and has at most ten cases open', () => inOffice(async (office) => {
    await expect(handIn(office, { file: aFile(undefined, 5 * 1024 * 1024 + 1) })).rejects.toMatchObject({ code: '23514' })
    await handIn(office, { file: aFile(undefined, 5 * 1024 * 1024) })
    for (let count = 1; count < 10; count++) await handIn(office, { number: `N-${count}` })
    await expect(handIn(office, { number: 'N-10' })).rejects.toMatchObject({ code: 'PT409', message: 'cases_too_many' })
  }))
})

describe('one certificate counts once', () => {
  it('of one person is refused when it is handed in again, until the first is withdrawn or declined', () => inOffice(async (office) => {
    const id = await handIn(office)
    await expect(handIn(office, { number: 'kf－００１'.replace('－', '-'), body: '省 开放大学' })).rejects.toMatchObject({ code: 'PT409', message: 'certificate_entered' })
    await expect(handIn(office, { number: '' })).rejects.toMatchObject({ message: 'certificate_entered' })
    await withdraw(office, office.mei, id)
    await handIn(office)
  }))

  it.each(['number', 'file'] as const)('of another person by the same %s is shown to reviewers and recognised only with a reason', by => inOffice(async (office) => {
    const lookup = randomBytes(32)
    const id = await handIn(office, { file: aFile(lookup) })
    const other = await handIn(office, by === 'number' ? {} : { number: 'OTHER', file: aFile(lookup) }, office.wang)
    await review(office, office.one, id, { double: '第一份' })
    await review(office, office.two, id, { double: '第一份' })
    const [told] = await office.as(office.one.account, sql => sql`select public.recognition_case(${other}) as one`)
    expect((told!.one as { doubles: object[] }).doubles).toEqual([{ case: id, why: `same_${by}`, state: 'recognised', samePerson: false, isMine: true }])
    expect((await office.as(office.one.account, sql => sql`select case_id::integer, double from public.recognition_worklist(${office.places.township})`))).toEqual([{ case_id: other, double: true }])
    await expect(review(office, office.one, other)).rejects.toMatchObject({ code: 'PT409', message: 'certificate_double' })
    await review(office, office.one, other, { accepts: false })
    const third = await makeStaff(office.sql, office.places.city, office.places.willow, 'manager')
    await review(office, office.two, other, { double: '两人合办的一张证' })
    expect(await decide(office, third, other, { double: '核实过，两人各一半' })).toBe('recognised')
    expect(await balance(office, office.wang)).toBe(2000)
  }))
})

describe('the table of pairs', () => {
  const body = async ({ as, head }: Office) => (await as(head.account, sql => sql`select public.add_recognition_body('省开放大学', 'Provincial Open University') as id`))[0]!.id as number
  const pair = ({ as, head }: Office, id: number, { words = '计算机', level = '', credits = 1000, from = null, who = head }: { words?: string, level?: string, credits?: number, from?: string | null, who?: Person } = {}) =>
    as(who.account, sql => sql`select public.set_recognition_pair(${id}, ${words}, ${level}, ${credits}, 'digital', ${from}) as id`)
  const proposed = async ({ as, one }: Office, id: number) => (await as(one.account, sql => sql`select public.recognition_case(${id}) -> 'pair' ->> 'milliCredits' as credits`))[0]!.credits as string | null

  it('proposes by body, words and level, in the version of the certificate’s day', () => inOffice(async (office) => {
    const id = await body(office)
    await pair(office, id)
    await pair(office, id, { level: '一级', credits: 1500 })
    await pair(office, id, { words: '计算机一级', credits: 1800 })
    await pair(office, id, { credits: 1200, from: '2026-07-01' })
    expect(await proposed(office, await handIn(office, { title: '计算机应用' }))).toBe('1000')
    expect(await proposed(office, await handIn(office, { title: '计算机应用', number: 'B', issuedOn: '2026-07-01' }))).toBe('1200')
    expect(await proposed(office, await handIn(office, { title: '计算机应用', number: 'C', level: ' 一 级' }))).toBe('1500')
    expect(await proposed(office, await handIn(office, { title: '全国计算机一级', number: 'D' }))).toBe('1800')
    expect(await proposed(office, await handIn(office, { title: '英语', number: 'E' }))).toBeNull()
    expect(await proposed(office, await handIn(office, { body: '别的大学', number: 'F' }))).toBeNull()
  }))

  it('never has two versions for one day, and is changed by the region’s office only', () => inOffice(async (office) => {
    const id = await body(office)
    await expect(body(office)).rejects.toMatchObject({ code: 'PT409', message: 'body_known' })
    await pair(office, id, { from: '2026-05-01' })
    for (const from of ['2026-05-01', '2026-04-01', null]) await expect(pair(office, id, { from })).rejects.toMatchObject({ code: 'PT409', message: 'pair_follows' })
    await expect(pair(office, id, { words: '英语', credits: 0 })).rejects.toMatchObject({ message: 'credits_invalid' })
    for (const who of [office.one, office.two, office.mei]) await expect(pair(office, id, { who, words: '英语' })).rejects.toMatchObject({ code: 'PT403' })
    const [row] = await office.sql`select id from public.recognition_pairs`
    const end = (from: string | null) => office.as(office.head.account, sql => sql`select public.end_recognition_pair(${row!.id}, ${from})`)
    for (const from of ['2026-05-01', '2026-04-01', null]) await expect(end(from)).rejects.toMatchObject({ message: 'pair_end_invalid' })
    await end('2026-06-01')
    expect(await proposed(office, await handIn(office, { issuedOn: '2026-06-01' }))).toBeNull()
  }))
})

describe('a sealed file', () => {
  it('is answered with a reason that was written down, and in no other way', () => inOffice(async (office) => {
    const file = aFile()
    const id = await handIn(office, { file })
    await expect(reveal(office, office.one, file.id, null)).rejects.toMatchObject({ code: 'PT422', message: 'reason_missing' })
    await expect(reveal(office, office.one, file.id, 'other', 'x')).rejects.toMatchObject({ message: 'note_missing' })
    expect((await reveal(office, office.one, file.id))[0]!.sealed).toMatchObject({ kind: 'application/pdf', cipher: file.cipher, keyId: 1 })
    const [event] = await office.sql`select details, subject_id, account_id from public.audit_events where action = 'recognition_file_revealed' order by id desc limit 1`
    expect(event).toEqual({ details: { file: file.id, reason: 'review' }, subject_id: String(id), account_id: office.one.account })
    for (const role of ['anon', 'authenticated', 'service_role', 'job_server']) {
      await office.sql.unsafe(`set local role ${role}`)
      for (const verb of ['select * from', 'delete from', 'truncate']) await expect(office.sql.savepoint(inner => inner.unsafe(`${verb} private.recognition_files`)), `${role} ${verb}`).rejects.toMatchObject({ code: '42501' })
      for (const table of ['cases', 'events', 'reviews', 'pairs', 'bodies'])
        await expect(office.sql.savepoint(inner => inner.unsafe(`delete from public.recognition_${table}`)), `${role} ${table}`).rejects.toMatchObject({ code: '42501' })
      await office.sql`reset role`
    }
  }))

  it('is deleted when its case has been over for long enough, and the case stays', () => inOffice(async (office) => {
    const [kept, over] = [await handIn(office), await handIn(office, { number: 'OVER' })]
    await withdraw(office, office.mei, over)
    const forget = async (days: number) => (await office.sql`select private.forget_recognition_files(${days}) as count`)[0]!.count as number
    await expect(office.sql.savepoint(inner => inner`select private.forget_recognition_files(29)`)).rejects.toMatchObject({ message: 'days_invalid' })
    expect(await forget(30)).toBe(0)
    await office.sql`update public.recognition_cases set ended_at = ended_at - interval '31 days', submitted_at = submitted_at - interval '31 days' where ended_at is not null and id = ${over}`
    expect([await forget(60), await forget(30), await forget(30)]).toEqual([0, 1, 0])
    await expect(reveal(office, office.one, await fileOf(office.sql, over))).rejects.toMatchObject({ code: 'PT410', message: 'file_deleted' })
    expect((await reveal(office, office.one, await fileOf(office.sql, kept)))[0]!.sealed).toHaveProperty('cipher')
    expect(await caseOf(office.sql, over)).toMatchObject({ state: 'withdrawn' })
  }))
})

describe('a recognised certificate that turns out false', () => {
  const doubt = ({ as }: Pick<Office, 'as'>, who: Person, id: number, reason: string | null = '发证单位查无此证') => as(who.account, sql => sql`select public.doubt_recognition(${id}, ${reason})`)
  const settle = async ({ as }: Pick<Office, 'as'>, who: Person, id: number, agrees: boolean | null = true, reason: string | null = '查证属实') =>
    (await as(who.account, sql => sql`select public.settle_doubt(${id}, ${agrees}, ${reason}) as state`))[0]!.state as string
  const recognised = async (office: Office, certificate: Certificate = {}) => {
    const id = await handIn(office, certificate)
    await review(office, office.one, id)
    await review(office, office.two, id)
    return id
  }
  const late = (office: Office, id: number) => office.sql`update public.recognition_cases set submitted_at = submitted_at - interval '100 days', decided_at = decided_at - interval '100 days', ended_at = ended_at - interval '100 days' where id = ${id}`

  it('is taken back by two, long after the time to object: what was used is a shortfall, and its owner reads why', () => inOffice(async (office) => {
    const { sql, mei, one, two } = office
    const id = await recognised(office)
    await late(office, id)
    await sql`select private.apply_credit('false|award', ${mei.id}, 1500)`
    await doubt(office, one, id)
    expect(await balance(office, mei)).toBe(500)
    expect(await settle(office, two, id)).toBe('annulled')
    expect([await balance(office, mei), Number((await sql`select private.credit_debt(${mei.id}) as debt`)[0]!.debt)]).toEqual([0, 1500])
    expect(await caseOf(sql, id)).toMatchObject({ state: 'annulled', reason: '查证属实' })
    expect(await sql`select kind, reason from public.credit_postings where person_id = ${mei.id} and kind = 'reversal'`).toEqual([{ kind: 'reversal', reason: 'certificate_false' }])
    const events = await office.as(mei.account, inner => inner`select what, note from public.recognition_events where case_id = ${id} order by id`)
    expect(events).toEqual([{ what: 'submitted', note: null }, { what: 'recognised', note: '证书属实' }, { what: 'annulled', note: '查证属实' }])
    expect(await office.as(mei.account, inner => inner`select from public.recognition_doubts`)).toEqual([])
    expect((await office.as(office.head.account, inner => inner`select public.recognition_case(${id}) as told`))[0]!.told).toMatchObject({ doubts: [{ reason: '发证单位查无此证', agrees: true, decision: '查证属实' }] })
    await expect(settle(office, two, id)).rejects.toMatchObject({ code: 'PT409', message: 'nothing_to_decide' })
    await expect(doubt(office, two, id)).rejects.toMatchObject({ code: 'PT409', message: 'case_not_recognised' })
    // The number is free for whose it is.
    const other = await handIn(office, {}, office.wang)
    await review(office, one, other, { double: '前一份是假的' })
    expect(await review(office, two, other, { double: '前一份是假的' })).toBe('recognised')
  }))

  it('needs two people, neither of them the applicant, and reasons', () => inOffice(async (office) => {
    const { sql, as, mei, one, two, places } = office
    const id = await recognised(office)
    await expect(settle(office, two, id)).rejects.toMatchObject({ message: 'nothing_to_decide' })
    await expect(doubt(office, one, id, ' ')).rejects.toMatchObject({ code: 'PT422', message: 'decision_reason_missing' })
    for (const who of [mei, await makeStaff(sql, places.otherTownship, places.willow, 'manager')]) await expect(doubt(office, who, id)).rejects.toMatchObject({ code: 'PT404', message: 'case_unknown' })
    await doubt(office, one, id)
    await expect(settle(office, one, id)).rejects.toMatchObject({ code: 'PT409', message: 'second_person_needed' })
    await expect(settle(office, two, id, null)).rejects.toMatchObject({ code: 'PT422', message: 'decision_missing' })
    await expect(settle(office, two, id, true, 'x')).rejects.toMatchObject({ code: 'PT422', message: 'decision_reason_missing' })
    await expect(object(office, mei, id)).rejects.toMatchObject({ message: 'case_not_decided' })
    // Two rows of one person are one.
    await sql`update public.persons set merged_into = ${two.id}, counts_as = ${two.id} where id = ${one.id}`
    await expect(settle(office, two, id)).rejects.toMatchObject({ code: 'PT409', message: 'second_person_needed' })
    await sql`update public.persons set merged_into = null, counts_as = null where id = ${one.id}`
    const clerk = await makeStaff(sql, places.township, places.willow, 'head')
    const own = await handIn({ ...office, mei: clerk }, { number: 'OWN' })
    await review(office, one, own)
    await review(office, two, own)
    await expect(doubt(office, clerk, own)).rejects.toMatchObject({ code: 'PT403', message: 'own_case' })
    expect(await as(two.account, inner => inner`select agrees from public.recognition_doubts where case_id = ${id}`)).toEqual([{ agrees: null }])
    await expect(sql.savepoint(inner => inner`update public.recognition_doubts set reason = '别的' where case_id = ${id}`)).rejects.toMatchObject({ message: 'append_only' })
    await expect(sql.savepoint(inner => inner`delete from public.recognition_doubts`)).rejects.toMatchObject({ message: 'append_only' })
  }))

  it('and is none after another look stays recognised, and may be doubted again', () => inOffice(async (office) => {
    const id = await recognised(office)
    await doubt(office, office.one, id)
    expect(await settle(office, office.two, id, false, '核对过原件')).toBe('recognised')
    expect(await balance(office, office.mei)).toBe(2000)
    expect(await caseOf(office.sql, id)).toMatchObject({ state: 'recognised', reason: '证书属实' })
    await doubt(office, office.two, id)
    expect(await settle(office, office.head, id)).toBe('annulled')
    expect(await balance(office, office.mei)).toBe(0)
  }))

  it('may be objected to once, and the region decides: who took part in the annulment does not', () => inOffice(async (office) => {
    const id = await recognised(office)
    await late(office, id)
    await doubt(office, office.one, id)
    await settle(office, office.head, id)
    await object(office, office.mei, id, '证书是真的')
    await expect(decide(office, office.head, id)).rejects.toMatchObject({ code: 'PT403', message: 'reviewed_before' })
    const third = await makeStaff(office.sql, office.places.city, office.places.willow, 'manager')
    expect(await decide(office, third, id)).toBe('recognised')
    expect(await balance(office, office.mei)).toBe(2000)
  }))

  it('takes back what a re-rating put in the place of the first grant', () => inOffice(async (office) => {
    const id = await recognised(office)
    await rerate(office)
    await doubt(office, office.one, id)
    await settle(office, office.two, id)
    expect(await balance(office, office.mei)).toBe(0)
  }))

  it('is kept on file while it is doubted', () => inOffice(async (office) => {
    const id = await recognised(office)
    await late(office, id)
    await doubt(office, office.one, id)
    expect((await office.sql`select private.forget_recognition_files(30) as count`)[0]!.count).toBe(0)
    expect(await office.as(office.one.account, sql => sql`select case_id::integer as id, state from public.recognition_worklist(${office.places.township})`)).toEqual([{ id, state: 'doubted' }])
  }))
})

describe('on two connections', () => {
  let own: postgres.Sql<{ bigint: number }>
  beforeAll(async () => { own = await pristineDatabase('recognition') as unknown as postgres.Sql<{ bigint: number }> })
  const setUp = async () => {
    const db = own as unknown as Sql
    const places = await makeNetwork(db)
    const [mei, one, two, three] = [await makePerson(db, places.willow), await makeStaff(db, places.township, places.willow, 'manager'), await makeStaff(db, places.county, places.willow, 'head'), await makeStaff(db, places.county, places.willow, 'manager')]
    const as: As = (who, call) => committedAs(who, call, own)
    return { db, places, as, mei, one, two, three, id: await as(mei.account, sql => apply(sql, { number: randomUUID() })) }
  }
  const results = async (acts: Promise<unknown>[]) => (await Promise.allSettled(acts)).map(one => one.status === 'fulfilled' ? String(one.value) : (one.reason as Error).message).sort()

  it('two who agree at once credit once, and a third comes too late', async () => {
    const { as, mei, one, two, three, id } = await setUp()
    expect(await results([review({ as }, one, id), review({ as }, two, id), review({ as }, three, id)])).toEqual(['case_not_open', 'open', 'recognised'])
    expect((await own`select count(*)::integer as count from public.credit_postings where person_id = ${mei.id}`)[0]!.count).toBe(1)
    expect(await own`select * from private.credit_faults()`).toEqual([])
  })

  it('one reviewer who presses twice has proposed once', async () => {
    const { as, one, id } = await setUp()
    expect(await results([review({ as }, one, id), review({ as }, one, id)])).toEqual(['open', 'reviewed_already'])
  })

  it('a withdrawal and the second review: one of them comes first', async () => {
    const { as, mei, one, two, id } = await setUp()
    await review({ as }, one, id)
    const said = await results([review({ as }, two, id), as(mei.account, sql => sql`select public.withdraw_recognition(${id})`).then(() => 'withdrawn')])
    expect([['case_decided', 'recognised'], ['case_not_open', 'withdrawn']]).toContainEqual(said)
    expect(await own`select * from private.credit_faults()`).toEqual([])
  })

  it('the same certificate handed in twice at once is one case; of two people at once only one is recognised without a reason', async () => {
    const { db, places, as, mei, one, two } = await setUp()
    const number = randomUUID()
    expect((await results([as(mei.account, sql => apply(sql, { number })), as(mei.account, sql => apply(sql, { number }))])).filter(result => result === 'certificate_entered')).toHaveLength(1)
    const wang = await makePerson(db, places.willow)
    const [first] = await own`select id::integer from public.recognition_cases where number = ${number}`
    const second = await as(wang.account, sql => apply(sql, { number: randomUUID() }))
    // Both were looked at while there was no double; then one number is put right.
    await review({ as }, one, first!.id as number)
    await review({ as }, one, second)
    await own`update public.recognition_cases set number = ${number} where id = ${second}`
    const said = await results([review({ as }, two, first!.id as number, { double: '核实过' }), review({ as }, two, second)])
    expect(said).toEqual(['certificate_double', 'recognised'])
    expect(await own`select * from private.credit_faults()`).toEqual([])
  })
})

it('what is written down stays', () => inOffice(async (office) => {
  const id = await handIn(office)
  await review(office, office.one, id)
  for (const table of ['recognition_events', 'recognition_reviews'])
    await expect(office.sql.savepoint(inner => inner.unsafe(`delete from public.${table}`))).rejects.toMatchObject({ message: 'append_only' })
}))
