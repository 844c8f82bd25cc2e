// The register: who may enter whom, what is refused, and that a merge can be taken back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'
import { readCardNumber } from '../../shared/utils/card-number.ts'
import {
  type As, type Network, type Person, type Sql, type Transaction, committedAs, makeNetwork, makePerson, makeStaff, makeUnit, makeVideoLesson, pool, withRollback,
} from '../fixtures/database.ts'

const vault = openVault(`1:${Buffer.alloc(32, 7).toString('base64')}`)
const sealed = (kind: 'phone' | 'id_number', value: string) => {
  const { cipher, keyId, lookup, masked, tail } = vault.seal(kind, value)
  return { kind, cipher: cipher.toString('base64'), keyId, lookup: lookup.toString('hex'), masked, tail }
}

interface Given { name?: string, sex?: string, birthYear?: number, home?: number, pinyin?: string, initials?: string, groups?: object[], contacts?: object[], guardian?: number }

/** Registers as the owner, the way an import does, or as whoever calls. */
async function register(sql: Sql, places: Network, given: Given = {}, schema: 'private' | 'public' = 'private'): Promise<number> {
  const { name = '王秀英', sex = 'female', birthYear = 1955, home = places.willow, pinyin = 'wang xiu ying', initials = 'wxy', groups = [], contacts = [], guardian = null } = given
  const [row] = await sql`select ${sql(schema)}.register_person(${name}, ${sex}, ${birthYear}, ${home}, ${pinyin}, ${initials}, ${sql.json(groups as never)},
    ${sql.json(contacts as never)}, ${guardian}, ${guardian ? 'mother' : null}, ${guardian ? true : null}) as id`
  return row!.id as number
}

interface Setting { sql: Transaction, as: As, places: Network, tutor: Person, outsider: Person, teacher: Person }

const atTheDesk = (test: (setting: Setting) => Promise<unknown>) => () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test({
    sql, as, places,
    tutor: await makeStaff(sql, places.township, places.willow, 'tutor'),
    outsider: await makeStaff(sql, places.otherTownship, places.harbour, 'manager'),
    teacher: await makeStaff(sql, places.township, places.willow, 'teacher'),
  })
})

async function record(sql: Sql, personId: number, key: string): Promise<number> {
  const lesson = await makeVideoLesson(sql)
  const [row] = await sql`select private.record_participation(${key}, ${personId}, ${lesson.lessonId}, '2026-05-01T10:00+08:00', '2026-05-01T11:00+08:00', 1, 'web') as id`
  return row!.id
}

/** A class with a sign-in list, the way paper lists bring it. */
async function attend(sql: Sql, personId: number, key: string): Promise<number> {
  const [row] = await sql`insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, groups, birth_year, sex, started_at, ended_at,
      hours, status, channel, entry_source)
    select ${key}, id, 'training', 'health', true, 'learner', residence_unit_id, 'rural', '{resident}', birth_year, sex, '2026-05-01T10:00+08:00', '2026-05-01T11:00+08:00', 1, 'attended', 'onsite', 'paper'
    from public.persons where id = ${personId} returning id`
  return row!.id
}

describe('registering', () => {
  it.each<[string, Given | ((places: Network) => Given), string]>([
    ['a closed village', places => ({ home: places.orchard }), 'residence_closed'], ['a township', places => ({ home: places.township }), 'residence_invalid'],
    ['a birth to come', { birthYear: 2190 }, 'birth_in_future'], ['a birth long ago', { birthYear: 1890 }, 'birth_year_invalid'], ['no name', { name: '  ' }, 'name_invalid'],
    ['a group by age', { groups: [{ group: 'elderly', source: '名册' }] }, 'group_invalid'], ['a group without source', { groups: [{ group: 'special_groups', source: '' }] }, 'source_missing'],
    ['a group from tomorrow', { groups: [{ group: 'special_groups', source: '名册', from: '2190-01-01' }] }, 'date_in_future'],
    ['a group that ends first', { groups: [{ group: 'special_groups', source: '名册', from: '2020-01-02', to: '2020-01-01' }] }, 'dates_reversed'],
  ])('refuses %s', (_, given, message) => atTheDesk(async ({ sql, as, places, tutor }) => {
    await sql`update public.units set closed_on = private.china_date(now()) where id = ${places.orchard}`
    const what = typeof given === 'function' ? given(places) : given
    await expect(as(tutor.account, inner => register(inner, places, what, 'public'))).rejects.toMatchObject({ code: 'PT422', message })
  })())

  it.each(['outsider', 'teacher'] as const)('is not for the %s', who => atTheDesk(async (setting) => {
    await expect(setting.as(setting[who].account, sql => register(sql, setting.places, {}, 'public'))).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    await expect(setting.as('anon', sql => register(sql, setting.places, {}, 'public'))).rejects.toMatchObject({ code: '42501' })
  })())

  it('keeps groups with their source, sealed numbers and a guardian, and says so in the audit log', atTheDesk(async ({ sql, as, places, tutor }) => {
    const mother = await makePerson(sql, places.willow, { birthYear: 1985 })
    const id = await as(tutor.account, inner => register(inner, places, {
      birthYear: 2016, guardian: mother.id, contacts: [sealed('phone', '13812345678')],
      groups: [{ group: 'special_groups', source: '残疾人证核验名册', proofSeen: true, from: '2024-01-01' }],
    }, 'public'))
    // Whoever enters what they were shown need not read such groups afterwards.
    const manager = await makeStaff(sql, places.township, places.willow, 'manager')
    const [page] = await as(manager.account, inner => inner`select public.person_at_desk(${id}) as page`)
    expect(page!.page).toMatchObject({
      name: '王秀英', contacts: [{ kind: 'phone', masked: '138****5678' }], guardians: [{ personId: mother.id, relation: 'mother', consent: true }],
      groups: [{ id: 'special_groups', source: '残疾人证核验名册', proofSeen: true, from: '2024-01-01', to: null }], mayEdit: true,
    })
    expect(JSON.stringify(page)).not.toContain('13812345678')
    expect(await sql`select account_id, unit_id from public.audit_events where action = 'person_registered' and subject_id = ${String(id)}`)
      .toEqual([{ account_id: tutor.account, unit_id: places.willow }])
  }))

  it('two people with one ID number are refused, two with one phone are shown', atTheDesk(async ({ as, places, tutor }) => {
    await as(tutor.account, sql => register(sql, places, { contacts: [sealed('phone', '13812345678'), sealed('id_number', '11010519491231002X')] }, 'public'))
    await expect(as(tutor.account, sql => register(sql, places, { name: '李芳', contacts: [sealed('id_number', '11010519491231002X')] }, 'public')))
      .rejects.toMatchObject({ code: 'PT409', message: 'id_number_taken' })
    const found = await as(tutor.account, sql => sql`select person_name, reason from public.probable_duplicates('李芳', 'li fang', 1990, ${places.orchard}, ${vault.lookup('phone', '13812345678').toString('hex')})`)
    expect(found).toEqual([{ person_name: '王秀英', reason: 'same_phone' }])
    expect(await as(tutor.account, sql => register(sql, places, { name: '李芳', pinyin: 'li fang', contacts: [sealed('phone', '13812345678')] }, 'public'))).toBeGreaterThan(0)
  }))

  it('somebody of another township is not named', atTheDesk(async ({ sql, as, places, tutor }) => {
    await register(sql, places, { home: places.harbour })
    expect(await as(tutor.account, inner => inner`select * from public.probable_duplicates('王秀英', 'wang xiu ying', 1955, ${places.willow})`))
      .toEqual([expect.objectContaining({ person_id: null, person_name: null, home: '港口镇', reason: 'same_name_and_year' })])
  }))

  it('the work list asks about a pair until somebody says that they are two', atTheDesk(async ({ sql, as, places, tutor, outsider }) => {
    const [one, other] = [await register(sql, places), await register(sql, places, { home: places.orchard })]
    await register(sql, places, { birthYear: 1956 })
    const pairs = () => as(tutor.account, inner => inner`select one_id, other_id, reason from public.duplicate_pairs(${places.township}) where one_id >= ${one}`)
    expect(await pairs()).toEqual([{ one_id: one, other_id: other, reason: 'same_name_and_year_here' }])
    await expect(as(outsider.account, inner => inner`select * from public.duplicate_pairs(${places.township})`)).rejects.toMatchObject({ message: 'unit_not_yours' })
    await as(tutor.account, inner => inner`select public.mark_distinct(${other}, ${one})`)
    expect(await pairs()).toEqual([])
  }))
})

describe('finding', () => {
  it.each([['王秀英', 'name'], ['秀英', 'name'], ['英', 'name'], ['wangxiu', 'pinyin'], ['Wang Xiu Ying', 'pinyin'], ['wxy', 'initials'], ['5678', 'phone_tail']])('%s finds by %s', (query, matched) => atTheDesk(async ({ sql, as, places, tutor, outsider, teacher }) => {
    const id = await register(sql, places, { contacts: [sealed('phone', '13812345678')] })
    const find = (who: Person, unit: number) => as(who.account, inner => inner`select person_id, phone, matched from public.find_people(${query}, ${unit}) where person_id = ${id}`)
    expect(await find(tutor, places.township)).toEqual([{ person_id: id, phone: '138****5678', matched }])
    expect(await find(outsider, places.township)).toEqual([])
    expect(await find(teacher, places.township)).toEqual([])
  })())

  it('%, _ and an empty text find nobody', atTheDesk(async ({ sql, as, places, tutor }) => {
    await register(sql, places)
    for (const query of ['%', '_', '', ' ']) expect(await as(tutor.account, inner => inner`select from public.find_people(${query}, ${places.township})`)).toHaveLength(0)
  }))

  it('a whole phone, a card and the name of a merged row lead to the person that is kept', atTheDesk(async ({ sql, as, places, tutor }) => {
    const kept = await register(sql, places)
    const merged = await register(sql, places, { name: '汪秀莹', pinyin: 'wang xiu ying', contacts: [sealed('phone', '13812345678')] })
    const [card] = await as(tutor.account, inner => inner`select public.issue_card(${merged}) as number`)
    await as(tutor.account, inner => inner`select public.merge_persons(${kept}, ${merged}, '同一个人')`)
    const find = async (query: string, lookup: string | null = null) =>
      (await as(tutor.account, inner => inner`select person_id, name from public.find_people(${query}, ${places.township}, ${lookup})`)) as unknown
    const found = [{ person_id: kept, name: '王秀英' }]
    expect(await find('汪秀莹')).toEqual(found)
    expect(await find('13812345678', vault.lookup('phone', '13812345678').toString('hex'))).toEqual(found)
    expect(await find(card!.number)).toEqual(found)
    expect(await find(`http://localhost/c/${card!.number.toLowerCase()}`)).toEqual(found)
    expect(await find('wangxiuying')).toEqual(found)
  }))
})

describe('cards', () => {
  it('a number is read by hand and by scanner, and a wrong character is noticed', async () => {
    const rows = await pool`select private.draw_card_number() as number from generate_series(1, 200)`
    for (const { number } of rows) {
      expect(readCardNumber(number.toLowerCase().replace(/(.{5})/, '$1-'))).toBe(number)
      const at = Math.floor(Math.random() * 10)
      const wrong = number.slice(0, at) + (number[at] === '7' ? '8' : '7') + number.slice(at + 1)
      expect(readCardNumber(wrong)).toBeNull()
      expect((await pool`select private.read_card_number(${wrong}) as read, private.read_card_number(${number}) as same`)[0]).toEqual({ read: null, same: number })
    }
  })

  it('a lost card is replaced, and a unit gets all of its cards at one go', atTheDesk(async ({ sql, as, places, tutor, outsider }) => {
    const id = await register(sql, places)
    const card = async (replace: boolean) => (await as(tutor.account, inner => inner`select public.issue_card(${id}, ${replace}) as number`))[0]!.number as string
    const first = await card(false)
    expect(await card(false)).toBe(first)
    expect(await card(true)).not.toBe(first)
    await expect(as(outsider.account, inner => inner`select public.issue_cards(${places.township})`)).rejects.toMatchObject({ message: 'unit_not_yours' })
    const [{ result }] = await as(tutor.account, inner => inner`select public.issue_cards(${places.township}) as result`) as unknown as [{ result: { issued: number, missing: number } }]
    expect(result).toEqual({ issued: 2, missing: 0 })
    expect(await as(tutor.account, inner => inner`select from public.cards_to_print(${places.township})`)).toHaveLength(3)
  }))
})

describe('revealing', () => {
  it('is refused without a reason and to whoever may not, and logged with its reason', atTheDesk(async ({ sql, as, places, tutor, outsider, teacher }) => {
    const id = await register(sql, places, { contacts: [sealed('phone', '13812345678')] })
    const reveal = (who: Person, reason: string | null, note: string | null = null) => as(who.account, inner => inner`select public.reveal_contact(${id}, 'phone', ${reason}, ${note}) as contact`)
    await expect(reveal(outsider, 'call')).rejects.toMatchObject({ code: 'PT404', message: 'person_unknown' })
    await expect(reveal(teacher, 'call')).rejects.toMatchObject({ code: 'PT404' })
    await expect(reveal(tutor, null)).rejects.toMatchObject({ message: 'reason_missing' })
    await expect(reveal(tutor, 'other', 'ab')).rejects.toMatchObject({ message: 'note_missing' })
    const [row] = await reveal(tutor, 'call')
    expect(vault.open('phone', { cipher: Buffer.from(row!.contact.cipher, 'base64'), keyId: row!.contact.keyId })).toBe('13812345678')
    expect(await sql`select account_id, details from public.audit_events where action = 'contact_revealed' and subject_id = ${String(id)}`)
      .toEqual([{ account_id: tutor.account, details: { kind: 'phone', reason: 'call' } }])
    for (let more = 0; more < 59; more++) await reveal(tutor, 'call')
    await expect(reveal(tutor, 'call')).rejects.toMatchObject({ code: 'PT429', message: 'reveal_limit' })
  }))

  it('nobody but the owner reads sealed numbers', async () => {
    const [row] = await pool`select has_table_privilege('authenticated', 'private.person_contacts', 'select') or has_table_privilege('anon', 'private.person_contacts', 'select') as readable`
    expect(row!.readable).toBe(false)
  })
})

describe('merging', () => {
  const merge = (sql: Sql, kept: number, merged: number) => sql`select public.merge_persons(${kept}, ${merged}, '同一个人') as id`.then(([row]) => row!.id as number)

  it('is refused with oneself, twice, without a reason, and over a home that is not yours', atTheDesk(async ({ sql, as, places, tutor, outsider }) => {
    const [one, other, far] = [await register(sql, places), await register(sql, places), await register(sql, places, { home: places.harbour })]
    await expect(as(tutor.account, inner => merge(inner, one, one))).rejects.toMatchObject({ code: 'PT422', message: 'merge_with_itself' })
    await expect(as(tutor.account, inner => merge(inner, one, far))).rejects.toMatchObject({ code: 'PT404', message: 'person_unknown' })
    await expect(as(outsider.account, inner => merge(inner, far, one))).rejects.toMatchObject({ code: 'PT404' })
    await expect(as(tutor.account, inner => inner`select public.merge_persons(${one}, ${other}, ' ')`)).rejects.toMatchObject({ message: 'merge_reason_missing' })
    const id = await as(tutor.account, inner => merge(inner, one, other))
    await expect(as(tutor.account, inner => merge(inner, one, other))).rejects.toMatchObject({ code: 'PT409', message: 'already_merged' })
    await as(tutor.account, inner => inner`select public.undo_merge(${id})`)
    await expect(as(tutor.account, inner => inner`select public.undo_merge(${id})`)).rejects.toMatchObject({ code: 'PT409', message: 'merge_undone' })
  }))

  it('gives nobody the posts of somebody else', atTheDesk(async ({ sql, as, places, tutor, teacher }) => {
    const mine = await makePerson(sql, places.willow)
    await expect(as(tutor.account, inner => merge(inner, mine.id, teacher.id))).rejects.toMatchObject({ code: 'PT409', message: 'merge_gives_posts' })
    await expect(as(tutor.account, inner => merge(inner, tutor.id, teacher.id))).rejects.toMatchObject({ message: 'merge_gives_posts' })
  }))

  it('a person merged of two reads and does everything as one, and the undoing gives each its own back', atTheDesk(async ({ sql, as, places, tutor }) => {
    const [kept, merged] = [await makePerson(sql, places.willow), await makePerson(sql, places.willow)]
    const lesson = await makeVideoLesson(sql)
    await sql`insert into public.enrolments (person_id, course_id) values (${merged.id}, ${lesson.courseId})`
    await sql`insert into public.lesson_completions (person_id, lesson_id, grounds) values (${merged.id}, ${lesson.lessonId}, '{}')`
    await record(sql, kept.id, 'people:a')
    await record(sql, merged.id, 'people:b')
    const seen = (who: Person) => as(who.account, async inner => ({
      courses: (await inner`select done from public.my_courses()`).map(({ done }) => done as number), facts: (await inner`select from public.participations`).length,
      hours: Number((await inner`select hours from public.my_hours()`)[0]?.hours ?? 0), me: (await inner`select private.my_person_id() as id`)[0]!.id as number,
    }))
    const before = [await seen(kept), await seen(merged)]
    expect(before).toEqual([{ courses: [], facts: 1, hours: 1, me: kept.id }, { courses: [1], facts: 1, hours: 1, me: merged.id }])

    const id = await as(tutor.account, inner => merge(inner, kept.id, merged.id))
    const whole = { courses: [1], facts: 2, hours: 2, me: kept.id }
    expect([await seen(kept), await seen(merged)]).toEqual([whole, whole])
    const [page] = await as(tutor.account, inner => inner`select public.person_at_desk(${merged.id}) as page`)
    expect(page!.page).toMatchObject({ id: kept.id, merges: [{ id, keptId: kept.id, mergedId: merged.id, undoneAt: null }] })
    expect(await as(tutor.account, inner => inner`select from public.person_participations(${kept.id}, 2026)`)).toHaveLength(2)
    // Joining and finishing again are the same.
    const [again] = await as(kept.account, inner => inner`select (public.open_watch(${lesson.lessonId}, 'test', 'web')) ->> 'completed' as completed`)
    expect(again!.completed).toBe('true')

    await as(tutor.account, inner => inner`select public.undo_merge(${id})`)
    expect([await seen(kept), await seen(merged)]).toEqual(before)
  }))

  it('after any merges and undoings everybody counts as the end of the chain', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.nat(5), fc.nat(5)), { minLength: 4, maxLength: 16 }), steps => atTheDesk(async ({ sql, as, places, tutor }) => {
      const ids: number[] = []
      for (let index = 0; index < 6; index++) ids.push(await register(sql, places, { name: `人${index}` }))
      const parent = new Map<number, number>()
      const done: { id: number, kept: number, merged: number }[] = []
      for (const [isUndo, a, b] of steps) {
        if (isUndo) {
          const index = done.length ? a % done.length : -1
          const last = done[index]
          if (!last) continue
          await as(tutor.account, inner => inner`select public.undo_merge(${last.id})`)
          parent.delete(last.merged)
          done.splice(index, 1)
        }
        else {
          const [kept, merged] = [ids[a]!, ids[b]!]
          const isFine = kept !== merged && !parent.has(kept) && !parent.has(merged)
          const outcome = await as(tutor.account, inner => merge(inner, kept, merged)).catch((error: Error) => error)
          expect(typeof outcome === 'number').toBe(isFine)
          if (typeof outcome !== 'number') continue
          parent.set(merged, kept)
          done.push({ id: outcome, kept, merged })
        }
        const rootOf = (id: number): number => parent.has(id) ? rootOf(parent.get(id)!) : id
        const rows = await sql`select id, merged_into, counts_as from public.persons where id = any (${ids}) order by id`
        expect(rows.map(({ id, merged_into, counts_as }) => [id, merged_into, counts_as])).toEqual(ids.map(id => [id, parent.get(id) ?? null, parent.has(id) ? rootOf(id) : null]))
      }
    })()), { numRuns: 12 })
  }, 60_000)

  it('two merges at once queue: nobody ends in a circle', async () => {
    const made = await pool.begin(async (sql) => {
      const places = await makeNetwork(sql)
      const tutor = await makeStaff(sql, places.township, places.willow, 'tutor')
      const ids: number[] = []
      for (let index = 0; index < 4; index++) ids.push(await register(sql, places, { name: `并发${index}` }))
      return { tutor, ids }
    })
    const { tutor, ids: [a, b, c, d] } = made as { tutor: Person, ids: number[] }
    const calls = ([[a, b], [b, a], [b, c], [c, d], [d, a]] as [number, number][]).map(([kept, merged]) => committedAs(tutor.account, sql => merge(sql, kept, merged)).catch((error: Error) => error.message))
    const answers = await Promise.all(calls)
    expect(answers.filter(answer => typeof answer === 'string').every(answer => answer === 'already_merged')).toBe(true)
    const rows = await pool`select person.id, person.counts_as, root.counts_as as above from public.persons person left join public.persons root on root.id = person.counts_as where person.id = any (${[a!, b!, c!, d!]})`
    expect(rows.every(({ above }) => above === null)).toBe(true)
    expect(rows.some(({ counts_as }) => counts_as === null)).toBe(true)
  })
})

describe('correcting', () => {
  const correct = (sql: Sql, id: number, what: string, values: object = {}) =>
    sql`select public.correct_participation(${id}, ${what}, ${sql.json(values as never)}, '签到表抄错') as id`.then(([row]) => row!.id as number)

  it('is refused to whoever may not, twice, and without sense', atTheDesk(async ({ sql, as, places, tutor, outsider, teacher }) => {
    const mei = await register(sql, places)
    const fact = await attend(sql, mei, 'people:c')
    await expect(as(outsider.account, inner => correct(inner, fact, 'not_attended'))).rejects.toMatchObject({ code: 'PT404', message: 'participation_unknown' })
    await expect(as(teacher.account, inner => correct(inner, fact, 'not_attended'))).rejects.toMatchObject({ code: 'PT404' })
    for (const [what, values, message] of [['wrong_hours', { hours: 25 }, 'hours_invalid'], ['wrong_hours', {}, 'hours_invalid'], ['wrong_person', { personId: mei }, 'same_person'],
      ['wrong_time', { startedAt: '2026-05-02T10:00+08:00', endedAt: '2026-05-02T09:00+08:00' }, 'time_invalid'], ['wrong_category', { categoryId: 'x' }, 'category_unknown'], ['x', {}, 'correction_unknown'],
      ['wrong_host', { host: '没有的学校' }, 'host_not_found'], ['wrong_role', { role: 'volunteer' }, 'role_unknown'], ['wrong_role', { role: 'learner' }, 'same_role']] as const)
      await expect(as(tutor.account, inner => correct(inner, fact, what, values)), what).rejects.toMatchObject({ code: 'PT422', message })
    const later = await as(tutor.account, inner => correct(inner, fact, 'not_attended'))
    await expect(as(tutor.account, inner => correct(inner, fact, 'wrong_hours', { hours: 2 }))).rejects.toMatchObject({ code: 'PT409', message: 'already_corrected', detail: expect.stringContaining(String(later)) })
    await expect(as(tutor.account, inner => correct(inner, later, 'not_attended'))).rejects.toMatchObject({ message: 'already_void' })
    const lesson = await record(sql, mei, 'people:d')
    await expect(as(tutor.account, inner => correct(inner, lesson, 'wrong_hours', { hours: 2 }))).rejects.toMatchObject({ message: 'self_study_not_changed' })
  }))

  it('the host is put right by name or code, unless the record is of a session or several have the name, and the role', atTheDesk(async ({ sql, as, places, tutor }) => {
    const mei = await register(sql, places)
    const fact = await attend(sql, mei, 'people:host')
    const [harbour, twin] = [await makeUnit(sql, places.otherTownship, 'township', '港口社区学校', 'community_school'), await makeUnit(sql, places.county, 'township', '港口社区学校', 'community_school')]
    const [{ code }] = await sql`select code from public.units where id = ${harbour}` as unknown as [{ code: string }]
    await expect(as(tutor.account, inner => correct(inner, fact, 'wrong_host', { host: '港口社区学校' }))).rejects.toMatchObject({ code: 'PT422', message: 'host_ambiguous' })
    await sql`update public.units set closed_on = '2020-01-01', opened_on = '2019-01-01' where id = ${twin}`
    const hosted = await as(tutor.account, inner => correct(inner, fact, 'wrong_host', { host: '港口社区学校' }))
    await expect(as(tutor.account, inner => correct(inner, hosted, 'wrong_host', { host: code }))).rejects.toMatchObject({ code: 'PT422', message: 'same_host' })
    const taught = await as(tutor.account, inner => correct(inner, hosted, 'wrong_role', { role: 'lecturer' }))
    expect(await sql`select id, host_unit_id, role, status, corrects from public.participations where id in (${hosted}, ${taught}) order by id`).toEqual([
      { id: hosted, host_unit_id: harbour, role: 'learner', status: 'attended', corrects: fact }, { id: taught, host_unit_id: harbour, role: 'lecturer', status: 'attended', corrects: hosted }])
    expect((await sql`select action, details from public.audit_events where action = 'participation_corrected' order by id desc limit 1`)[0]!.details).toEqual({ what: 'wrong_role', by: taught })
  }))

  it('one’s own record, or another’s to oneself, is for somebody else, under whichever row', atTheDesk(async ({ sql, as, places, tutor }) => {
    const double = await register(sql, places)
    await sql`update public.persons set merged_into = ${tutor.id}, counts_as = ${tutor.id} where id = ${double}`
    const [own, under, others] = [await attend(sql, tutor.id, 'people:own'), await attend(sql, double, 'people:double'), await attend(sql, await register(sql, places), 'people:others')]
    for (const [fact, what, values] of [[own, 'wrong_hours', { hours: 8 }], [under, 'wrong_hours', { hours: 8 }], [own, 'not_attended', {}], [others, 'wrong_person', { personId: double }]] as const)
      await expect(as(tutor.account, inner => correct(inner, fact, what, values)), what).rejects.toMatchObject({ code: 'PT409', message: 'own_account', detail: expect.stringContaining('field') })
    expect(await sql`select from public.corrections`).toHaveLength(0)
  }))

  it('a record goes to the right person, and a correction is corrected', atTheDesk(async ({ sql, as, places, tutor }) => {
    const [mei, fang] = [await register(sql, places), await register(sql, places, { name: '李芳', home: places.orchard, birthYear: 1990 })]
    const fact = await attend(sql, mei, 'people:e')
    const moved = await as(tutor.account, inner => correct(inner, fact, 'wrong_person', { personId: fang }))
    const void_ = await as(tutor.account, inner => correct(inner, moved, 'not_attended'))
    const back = await as(tutor.account, inner => correct(inner, void_, 'wrong_hours', { hours: 1.5 }))
    expect(await sql`select id, person_id, residence_unit_id as home, birth_year, hours::float, status, corrects from public.participations where key like 'people:e' or id in (${moved}, ${void_}, ${back}) order by id`).toEqual([
      { id: fact, person_id: mei, home: places.willow, birth_year: 1955, hours: 1, status: 'attended', corrects: null },
      { id: moved, person_id: fang, home: places.orchard, birth_year: 1990, hours: 1, status: 'attended', corrects: fact },
      { id: void_, person_id: fang, home: places.orchard, birth_year: 1990, hours: 1, status: 'corrected', corrects: moved },
      { id: back, person_id: fang, home: places.orchard, birth_year: 1990, hours: 1.5, status: 'attended', corrects: void_ },
    ])
    expect(await as(tutor.account, inner => inner`select what, reason from public.corrections where participation_id = ${moved}`)).toEqual([{ what: 'wrong_person', reason: '签到表抄错' }])
  }))
})

describe('changing', () => {
  it('moving is dated and leaves the past where it was', atTheDesk(async ({ sql, as, places, tutor }) => {
    const mei = await register(sql, places)
    const fact = await attend(sql, mei, 'people:f')
    await expect(as(tutor.account, inner => inner`select public.move_person(${mei}, ${places.willow}, '2026-06-01')`)).rejects.toMatchObject({ message: 'moved_nowhere' })
    await expect(as(tutor.account, inner => inner`select public.move_person(${mei}, ${places.orchard}, '2190-06-01')`)).rejects.toMatchObject({ message: 'date_in_future' })
    await as(tutor.account, inner => inner`select public.move_person(${mei}, ${places.orchard}, '2026-06-01')`)
    const [page] = await as(tutor.account, inner => inner`select public.person_at_desk(${mei}) as page`)
    expect(page!.page).toMatchObject({ home: { id: places.orchard }, moves: [{ from: '柳溪村', to: '果园村', on: '2026-06-01' }] })
    expect((await sql`select residence_unit_id as home from public.participations where id = ${fact}`)[0]!.home).toBe(places.willow)
  }))

  it('a child under 14 is registered with a guardian, at the desk as everywhere', atTheDesk(async ({ sql, as, places, tutor }) => {
    const year = new Date().getFullYear()
    const mother = await makePerson(sql, places.willow, { birthYear: 1988 })
    await expect(as(tutor.account, inner => register(inner, places, { birthYear: year - 13 }, 'public'))).rejects.toMatchObject({ code: 'PT422', message: 'child_needs_guardian' })
    expect(await as(tutor.account, inner => register(inner, places, { birthYear: year - 13, guardian: mother.id }, 'public'))).toBeGreaterThan(0)
    expect(await as(tutor.account, inner => register(inner, places, { birthYear: year - 14 }, 'public'))).toBeGreaterThan(0)
  }))

  it('a child has a guardian who is grown up and somebody else', atTheDesk(async ({ sql, as, places, tutor }) => {
    const [child, sister, mother] = [await register(sql, places, { birthYear: 2018 }), await register(sql, places, { birthYear: 2014 }), await makePerson(sql, places.willow, { birthYear: 1988 })]
    const add = (guardian: number) => as(tutor.account, inner => inner`select public.add_guardian(${child}, ${guardian}, 'mother', true) as id`)
    await expect(add(child)).rejects.toMatchObject({ message: 'guardian_is_child' })
    await expect(add(sister)).rejects.toMatchObject({ message: 'guardian_too_young' })
    const [link] = await add(mother.id)
    await expect(add(mother.id)).rejects.toMatchObject({ message: 'guardian_entered' })
    expect(await as(mother.account, inner => inner`select name, relation from public.my_children()`)).toEqual([{ name: '王秀英', relation: 'mother' }])
    // A ward who has grown up is nobody's ward.
    await sql`update public.persons set birth_year = ${new Date().getFullYear() - 20} where id = ${child}`
    expect(await as(mother.account, inner => inner`select name from public.my_children()`)).toEqual([])
    await as(tutor.account, inner => inner`select public.end_guardian(${link!.id})`)
  }))

  it('a group ends on a day and may begin again later', atTheDesk(async ({ sql, as, places, tutor }) => {
    const mei = await register(sql, places)
    const add = (from: string) => as(tutor.account, inner => inner`select public.add_person_group(${mei}, ${inner.json({ group: 'special_groups', source: '名册', proofSeen: true, from })})`)
    await add('2024-01-01')
    await expect(add('2025-01-01')).rejects.toMatchObject({ message: 'group_entered' })
    await as(tutor.account, inner => inner`select public.end_person_group(${mei}, 'special_groups', '2024-01-01', '2024-12-31')`)
    await add('2025-01-01')
    expect(await sql`select valid_to::text from public.person_groups where person_id = ${mei} order by valid_from`).toEqual([{ valid_to: '2024-12-31' }, { valid_to: null }])
  }))
})
