// Who helps an older person with activities: only with consent on record, ended by either side, and every act told.
import { describe, expect, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'
import { makeSchool, type Plan, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Region { sql: Transaction, as: As, school: School, places: Network, elder: Person, child: Person }
const PHONE = 'a'.repeat(64)
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { places } = school
  const elder = await makePerson(sql, places.willow, { name: '赵玉兰', birthYear: 1944 })
  await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail) values (${elder.id}, 'phone', ${Buffer.alloc(40)}, 1, ${Buffer.from(PHONE, 'hex')}, '138****0001', '0001')`
  await test({ sql, as, school, places, elder, child: await makePerson(sql, places.harbour, { name: '赵小军', birthYear: 1975 }) })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const refused = (code: string) => expect.objectContaining({ message: code })
const opened = ({ sql, as, school }: Region, plan: Plan = {}) => publish(sql, as, school, plan)
const ask = async ({ as }: Region, who: Person, { named = '赵玉兰', relation = 'child', phone = PHONE as string | null, card = null as string | null } = {}) =>
  (await as(who.account, one => one`select public.ask_to_help(${named}, ${relation}, ${phone}, ${card}) as id`))[0]!.id as number
const answer = ({ as }: Region, who: Person, id: number, agrees: boolean) => as(who.account, one => one`select public.answer_help(${id}, ${agrees})`)
const end = ({ as }: Region, who: Person, id: number) => as(who.account, one => one`select public.end_help(${id})`)
const record = ({ as }: Region, staff: Person, elder: Person, helper: Person, consent: string | null = 'present') => as(staff.account, one => one`select public.record_help(${elder.id}, ${helper.id}, 'child', ${consent}) as id`)
const sign = ({ as }: Region, who: Person, poolId: number, people: Person[]) => as(who.account, one => one`select * from public.sign_up(${poolId}, ${people.map(({ id }) => id)}::bigint[])`)
const agreed = async (region: Region) => {
  const id = await ask(region, region.child)
  await answer(region, region.elder, id, true)
  return id
}
const asServer = <T>({ sql }: Region, role: 'identity_server' | 'job_server', call: (one: Transaction) => Promise<T>) => sql.savepoint(async (inner) => {
  await inner.unsafe(`set local role ${role}`)
  const answer = await call(inner)
  await inner`reset role`
  return answer
}) as Promise<T>
const useCode = async (region: Region, id: number, who: Person, hash: string) => (await asServer(region, 'identity_server', one => one`select identity.use_help_code(${id}, ${who.account}, ${hash}) as said`))[0]!.said as string
const notices = async ({ as }: Region, who: Person) => (await as(who.account, one => one`select kind, details from public.my_notices()`)).map(row => row as { kind: string, details: Record<string, string> })

describe('nobody is signed up', () => {
  it('by a grown child who was not agreed to, nor by who only asked', () => inRegion(async (region) => {
    const { child, elder } = region
    const { pools: [poolId] } = await opened(region)
    await expect(sign(region, child, poolId!, [elder])).rejects.toEqual(refused('person_not_yours'))
    const id = await ask(region, child)
    await expect(sign(region, child, poolId!, [elder])).rejects.toEqual(refused('consent_missing'))
    await answer(region, elder, id, false)
    await expect(sign(region, child, poolId!, [elder])).rejects.toEqual(refused('person_not_yours'))
  }))

  it.each(['child', 'elder', 'staff'] as const)('any more once the %s ended it; the seat stays', who => inRegion(async (region) => {
    const { sql, child, elder, school } = region
    const { pools: [poolId] } = await opened(region)
    const id = await agreed(region)
    const [seat] = await sign(region, child, poolId!, [elder])
    await end(region, { child, elder, staff: school.tutor }[who], id)
    await end(region, { child, elder, staff: school.tutor }[who], id)
    await expect(region.as(child.account, one => one`select public.cancel_signup(${seat!.signup_id})`)).rejects.toEqual(refused('signup_unknown'))
    expect(await region.as(child.account, one => one`select * from public.my_signups()`)).toEqual([])
    expect(await sql`select status from public.signups where id = ${seat!.signup_id}`).toEqual([{ status: 'confirmed' }])
    expect((await sql`select action from public.audit_events where action = 'helper_ended'`).length).toBe(who === 'staff' ? 1 : 0)
  }))
})

describe('who asks', () => {
  it('names the person with a number of theirs, or finds nobody', () => inRegion(async (region) => {
    const { sql, child, elder } = region
    for (const wrong of [{ named: '赵玉' }, { phone: 'b'.repeat(64) }, { phone: null }, { phone: null, card: '00000-00000' }]) await expect(ask(region, child, wrong)).rejects.toEqual(refused('help_person_unknown'))
    await sql`insert into public.person_cards (number, person_id) values ('2000000003', ${elder.id})`
    const [{ checked }] = await sql`select '200000000' || private.card_check('200000000') as checked` as unknown as [{ checked: string }]
    await sql`update public.person_cards set number = ${checked} where person_id = ${elder.id}`
    // The asker's own phone beside the person's card: the code would go to the asker.
    await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail) values (${child.id}, 'phone', ${Buffer.alloc(40)}, 1, ${Buffer.from('c'.repeat(64), 'hex')}, '138****0002', '0002')`
    await expect(ask(region, child, { phone: 'c'.repeat(64), card: checked })).rejects.toEqual(refused('help_person_unknown'))
    expect(await sql`select from public.helpers`).toHaveLength(0)
    const id = await ask(region, child, { phone: PHONE, card: checked })
    expect(await ask(region, child, { named: ' 赵玉兰' })).toBe(id)
    await answer(region, elder, id, true)
    await expect(ask(region, child)).rejects.toEqual(refused('help_agreed'))
  }))

  it('is somebody else, of age, for somebody of age, and for no more than five', () => inRegion(async (region) => {
    const { sql, places, elder, child } = region
    const year = new Date().getFullYear()
    await expect(ask(region, elder)).rejects.toEqual(refused('help_for_oneself'))
    await expect(ask(region, await makePerson(sql, places.willow, { birthYear: year - 17 }))).rejects.toEqual(refused('helper_too_young'))
    await expect(ask(region, child, { relation: 'boss' })).rejects.toEqual(refused('help_relation_missing'))
    await sql`update public.persons set birth_year = ${year - 10} where id = ${elder.id}`
    await expect(ask(region, child)).rejects.toEqual(refused('help_for_minor'))
    await sql`update public.persons set birth_year = 1944 where id = ${elder.id}`
    const asked: number[] = []
    for (let n = 0; n < 7; n++) asked.push(await ask(region, await makePerson(sql, places.willow, { birthYear: 1980 })))
    for (const id of asked.slice(0, 5)) await answer(region, elder, id, true)
    // Whoever asked before there were five is one too many now, whichever way they agree.
    await expect(answer(region, elder, asked[5]!, true)).rejects.toEqual(refused('helpers_enough'))
    await asServer(region, 'identity_server', one => one`select identity.keep_help_code(${asked[6]!}, 'right')`)
    const [last] = await sql`select account.id as account from public.helpers link join identity.accounts account on account.person_id = link.helper_id where link.id = ${asked[6]!}`
    expect(await useCode(region, asked[6]!, last as unknown as Person, 'right')).toBe('helpers_enough')
    await expect(ask(region, child)).rejects.toEqual(refused('helpers_enough'))
  }))

  it('is answered by the person alone', () => inRegion(async (region) => {
    const { sql, as, child, places } = region
    const id = await ask(region, child)
    const stranger = await makePerson(sql, places.willow)
    for (const who of [child, stranger, region.school.manager]) await expect(answer(region, who, id, true)).rejects.toEqual(refused('help_unknown'))
    await expect(end(region, stranger, id)).rejects.toEqual(refused('help_unknown'))
    expect(await as(stranger.account, one => one`select * from public.helpers`)).toEqual([])
    await expect(as(child.account, one => one`update public.helpers set consent = 'own', consent_at = now()`)).rejects.toMatchObject({ code: '42501' })
    for (const call of ['keep_help_code(1, \'x\')', `use_help_code(1, '${child.account}', 'x')`]) await expect(as(child.account, one => one.unsafe(`select identity.${call}`))).rejects.toMatchObject({ code: '42501' })
  }))
})

describe('consent', () => {
  it('by code: wrong ones stay counted, a right one counts once, an old one never', () => inRegion(async (region) => {
    const { sql, child, elder } = region
    const id = await ask(region, child)
    expect(await useCode(region, id, child, 'right')).toBe('expired')
    await asServer(region, 'identity_server', one => one`select identity.keep_help_code(${id}, 'right')`)
    expect(await useCode(region, id, elder, 'right')).toBe('expired') // somebody else's to use
    for (let n = 0; n < 5; n++) expect(await useCode(region, id, child, 'wrong')).toBe('wrong')
    expect(await useCode(region, id, child, 'right')).toBe('too_many_tries')
    await asServer(region, 'identity_server', one => one`select identity.keep_help_code(${id}, 'right')`)
    await sql`update identity.help_codes set expires_at = clock_timestamp()`
    expect(await useCode(region, id, child, 'right')).toBe('expired')
    await asServer(region, 'identity_server', one => one`select identity.keep_help_code(${id}, 'right')`)
    expect(await useCode(region, id, child, 'right')).toBe('agreed')
    expect(await useCode(region, id, child, 'right')).toBe('agreed')
    expect(await sql`select consent, consent_by from public.helpers where id = ${id}`).toEqual([{ consent: 'code', consent_by: child.account }])
  }))

  it('by staff: with the way of it, for people of theirs, and never for themselves', () => inRegion(async (region) => {
    const { sql, school, elder, child, places } = region
    await expect(record(region, school.tutor, elder, child, null)).rejects.toEqual(refused('consent_missing'))
    await expect(record(region, school.tutor, elder, child)).rejects.toEqual(refused('person_unknown')) // lives elsewhere, and did not ask
    await ask(region, child)
    await record(region, school.tutor, elder, child, 'phone')
    await record(region, school.tutor, elder, child, 'phone')
    expect(await sql`select consent, consent_by from public.helpers where person_id = ${elder.id}`).toEqual([{ consent: 'phone', consent_by: school.tutor.account }])
    expect(await sql`select count(*)::integer as acts from public.audit_events where action = 'helper_recorded'`).toEqual([{ acts: 1 }])
    await expect(record(region, school.tutor, elder, school.tutor)).rejects.toEqual(refused('help_own_consent'))
    await expect(record(region, school.tutor, await makePerson(sql, places.harbour), child)).rejects.toEqual(refused('person_unknown'))
    const neighbour = await makePerson(sql, places.willow, { name: '李桂花' })
    await record(region, school.tutor, elder, neighbour, 'written')
    expect((await region.as(school.tutor.account, one => one`select name, consent from public.helpers_of(${elder.id})`)).map(row => ({ ...row })))
      .toEqual([{ name: '李桂花', consent: 'written' }, { name: '赵小军', consent: 'phone' }])
  }))
})

describe('who helps', () => {
  it('signs up, waits, takes, takes leave and gives back, each step by name, and the person is told', () => inRegion(async (region) => {
    const { sql, as, child, elder, places } = region
    await agreed(region)
    const term = await opened(region, { seats: 1, startsIn: [72, 96], fields: { signUp: 'term' } })
    const other = await makePerson(sql, places.willow)
    const [seat] = await sign(region, other, term.pools[0]!, [other])
    const [mine] = await sign(region, child, term.pools[0]!, [elder])
    expect(mine).toMatchObject({ status: 'waiting', name: '赵玉兰' })
    await as(other.account, one => one`select public.cancel_signup(${seat!.signup_id})`)
    await as(child.account, one => one`select public.answer_offer(${mine!.signup_id}, true)`)
    await as(child.account, one => one`select public.set_leave(${mine!.signup_id}, ${term.sessions[0]!}, true)`)
    await as(child.account, one => one`select public.cancel_signup(${mine!.signup_id})`)
    const steps = await sql`select what, by_account from public.signup_events where signup_id = ${mine!.signup_id} order by id`
    expect(steps.map(({ what }) => what)).toEqual(['waiting', 'offered', 'confirmed', 'on_leave', 'cancelled'])
    expect(steps.filter(({ what }) => what !== 'offered').every(({ by_account: by }) => by === child.account)).toBe(true)
    expect((await sql`select for_other from public.signups where id = ${mine!.signup_id}`)[0]!.for_other).toBe('helper')
    expect((await notices(region, elder)).filter(({ kind }) => kind === 'helper_acted').map(({ details }) => details))
      .toEqual(['cancelled', 'on_leave', 'confirmed', 'waiting'].map(what => ({ what, by: '赵小军' })))
    // What the person does is not told back.
    const own = await opened(region)
    await sign(region, elder, own.pools[0]!, [elder])
    expect((await notices(region, elder)).length).toBe(5)
  }))

  it('changes a session for the person, who is told; the helper is named from then on', () => inRegion(async (region) => {
    const { sql, as, child, elder } = region
    await agreed(region)
    const { pools } = await opened(region, { startsIn: [72, 96] })
    const [own] = await sign(region, elder, pools[0]!, [elder])
    await as(child.account, one => one`select public.swap_session(${own!.signup_id}, ${pools[1]!})`)
    expect(await sql`select for_other from public.signups where person_id = ${elder.id} and status = 'confirmed'`).toEqual([{ for_other: 'helper' }])
    expect(await notices(region, elder)).toMatchObject([{ kind: 'helper_acted', details: { what: 'confirmed', by: '赵小军' } }])
  }))

  it('sees the person’s sessions in lists and calendar, and says nothing of what the person thought', () => inRegion(async (region) => {
    const { as, child, elder } = region
    await agreed(region)
    const { pools: [poolId], sessions: [session] } = await opened(region)
    await sign(region, elder, poolId!, [elder])
    expect(await as(child.account, one => one`select name, is_me from public.my_coming_sessions()`)).toEqual([{ name: '赵玉兰', is_me: false }])
    const [{ key }] = await as(child.account, one => one`select public.renew_calendar_key() as key`) as unknown as [{ key: string }]
    const calendar = async () => (await asServer(region, 'job_server', one => one`select private.calendar_of(${key}) as events`))[0]!.events as unknown[]
    expect(await calendar()).toHaveLength(1)
    await expect(as(child.account, one => one`select public.give_feedback(${session!}, ${elder.id}, 3, 3, 3)`)).rejects.toEqual(refused('person_not_yours'))
    const [link] = await as(child.account, one => one`select id, helps, agreed, name from public.my_help()`)
    expect(link).toMatchObject({ helps: true, agreed: true, name: '赵玉兰' })
    await end(region, elder, link!.id as number)
    expect(await calendar()).toEqual([])
  }))

  it('hears by text message for whoever has no number, but not of their own acts', () => inRegion(async (region) => {
    const { sql, as, child, elder, places } = region
    const vault = openVault(`1:${Buffer.alloc(32, 7).toString('base64')}`)
    const sealed = vault.seal('phone', '13900000002')
    await sql`update identity.accounts set phone_lookup = ${sealed.lookup.toString('hex')}, phone_cipher = ${sealed.cipher}, phone_key_id = 1, phone_mask = '139****0002' where id = ${child.account}`
    await agreed(region)
    await sql`delete from private.person_contacts where person_id = ${elder.id}`
    const { pools: [poolId] } = await opened(region, { seats: 1 })
    const other = await makePerson(sql, places.willow)
    const [seat] = await sign(region, other, poolId!, [other])
    await sign(region, child, poolId!, [elder])
    await as(other.account, one => one`select public.cancel_signup(${seat!.signup_id})`)
    expect((await asServer(region, 'job_server', one => one`select kind, for_name from private.take_notices_to_text(50)`)).map(row => ({ ...row })))
      .toEqual([{ kind: 'seat_offered', for_name: '赵玉兰' }])
  }))

  it('is still the helper when two rows of the person become one, and never of oneself', () => inRegion(async (region) => {
    const { sql, as, child, elder, places } = region
    await agreed(region)
    const twin = await makePerson(sql, places.willow, { name: '赵玉兰', birthYear: 1944 })
    await sql`update public.persons set counts_as = ${twin.id}, merged_into = ${twin.id} where id = ${elder.id}`
    const { pools: [poolId] } = await opened(region)
    expect(await sign(region, child, poolId!, [twin])).toMatchObject([{ status: 'confirmed', person_id: twin.id }])
    await sql`update public.persons set counts_as = ${twin.id}, merged_into = ${twin.id} where id = ${child.id}`
    expect(await as(child.account, one => one`select is_me from public.my_signups()`)).toEqual([{ is_me: true }])
  }))
})
