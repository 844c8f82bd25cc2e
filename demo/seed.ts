// Fills an empty database with a demo region: network, people, populations and a year of learning. One transaction, and
// the same rows for the same seed, day and catalogue (only salts, and the codes of certificates, differ).
import { hashPassword } from 'better-auth/crypto'
import type postgres from 'postgres'
import { CARD_ALPHABET, cardCheck } from '../shared/utils/card-number.ts'
import { soundOf } from '../server/people/pinyin.ts'
import { openVault, type Vault } from '../server/privacy/vault.ts'
import { planActivities } from './activities.ts'
import { DEMO_PASSWORD } from './accounts.ts'
import { dateOf, dayOf, monthOf, momentOf, weekdayOf, yearOf, type Day } from './calendar.ts'
import { readCatalogue } from './catalogue.ts'
import { issueCertificates } from './certificates.ts'
import { addHonours, fillCreditDesk } from './credit-desk.ts'
import { RowsFor } from '../server/database/copy.ts'
import { addDepartures, limitTutor } from './departures.ts'
import { Facts } from './facts.ts'
import { readAgeGroups } from './groups.ts'
import { makeHistory, type Setting } from './history.ts'
import { addImports, type ImportFiles, writeImportFiles } from './imports.ts'
import { equipmentOf, makeRegion, type Region, type Unit } from './network.ts'
import { ADULT_ENOUGH, ageIn, makePeople, type Person, Register, registerTwice } from './people.ts'
import { drawGaps, fateOf, makePopulations, officialTotals, type Population } from './populations.ts'
import { type Random, randomFor } from './random.ts'
import { addHeadCounts, addReports } from './reports.ts'
import { holdClasses } from './classes.ts'
import { gatherLecturers } from './lecturers.ts'
import { addRecognition } from './recognition.ts'
import { stockShelves } from './rewards.ts'
import { bookRooms, openVenues } from './venues.ts'
import { Calendars, Season, type Session } from './sessions.ts'
import { makeStaff, type Manager, type Staff } from './staff.ts'
import { addVolunteers } from './volunteers.ts'

export interface SeedOptions {
  /** People in the register; the region's population is about twice that. From 200 up. */
  residents: number
  seed: number
  /** The day the history leads up to, as 2026-11-24. Nothing is dated on it or later. */
  today: string
  /** Seals the phones (server/privacy/vault.ts). */
  dataKey: string
  /** Where the site keeps files, for the tables that were imported; without one their rows alone are there. */
  dataDir?: string
  /** Says in plain words how far it is. */
  report?: (progress: string) => void
}
export type SeedResult = { skipped: true } | { skipped: false, rows: Record<string, number> }

export const FEWEST_RESIDENTS = 200
/** Persons who travel to the database together: each COPY waits for a few acknowledgements, and all of a batch is counted at one go. */
const BATCH = 20_000

export async function seed(sql: postgres.Sql, options: SeedOptions): Promise<SeedResult> {
  if (!Number.isInteger(options.residents) || options.residents < FEWEST_RESIDENTS) throw new RangeError(`A demo region needs ${FEWEST_RESIDENTS} residents at least`)
  const today = dayOf(options.today)
  let files: ImportFiles[] = []
  const result = await sql.begin(async (transaction) => {
    // Two starts at once: the second waits here and then finds the region.
    await transaction`lock table public.units in share row exclusive mode`
    const [region] = await transaction`select from public.units limit 1`
    if (region) return { skipped: true }
    const seeding = new Seeding(transaction, options, today)
    const rows = await seeding.run()
    files = seeding.files
    return { skipped: false, rows }
  }) as SeedResult
  // Only for a region that is there: nobody's names lie about after one that was not made.
  if (options.dataDir) writeImportFiles(options.dataDir, files)
  return result
}

class Seeding {
  private readonly sql: postgres.TransactionSql
  private readonly options: SeedOptions
  private readonly today: Day

  private readonly units = new RowsFor('public.units', ['id', 'code', 'parent_id', 'kind_id', 'level', 'name', 'local_name', 'area', 'should_build', 'opened_on',
    'closed_on', 'host_body', 'address', 'contact_phone', 'summary', 'placed_on', 'rooms', 'computers', 'standard_met', 'zone_status',
    'zone_level', 'contact_role_id', 'further_kinds'] as const)

  private readonly persons = new RowsFor('public.persons', ['id', 'name', 'sex', 'birth_year', 'residence_unit_id', 'pinyin', 'initials', 'created_at', 'created_by',
    'updated_at'] as const)

  private readonly groups = new RowsFor('public.person_groups', ['person_id', 'group_id', 'source', 'proof_seen', 'valid_from', 'valid_to', 'entered_by', 'entered_at'] as const)
  private readonly accounts = new RowsFor('identity.accounts', ['id', 'email', 'email_verified', 'phone_lookup', 'phone_cipher', 'phone_key_id', 'phone_mask', 'phone_verified', 'username', 'display_username', 'person_id',
    'created_at', 'updated_at', 'password_set_at'] as const)

  private readonly contacts = new RowsFor('private.person_contacts', ['person_id', 'kind', 'cipher', 'key_id', 'lookup', 'masked', 'tail', 'entered_by', 'entered_at'] as const)

  private readonly guardians = new RowsFor('public.guardians', ['child_id', 'guardian_id', 'relation', 'consent', 'valid_from', 'entered_by', 'entered_at'] as const)
  private readonly cards = new RowsFor('public.person_cards', ['number', 'person_id', 'issued_at', 'issued_by'] as const)
  private readonly credentials = new RowsFor('identity.credentials', ['id', 'account_id', 'provider_id', 'provider_account_id', 'password_hash', 'created_at', 'updated_at'] as const)
  private readonly posts = new RowsFor('public.posts', ['id', 'person_id', 'unit_id', 'role_id', 'employment', 'valid_from', 'valid_to'] as const)
  private readonly populations = new RowsFor('public.population_versions', ['unit_id', 'year', 'group_id', 'count', 'source', 'as_of', 'status', 'entered_by', 'entered_at', 'decided_by',
    'decided_at', 'reason'] as const)

  private readonly vault: Vault
  files: ImportFiles[] = []

  constructor(sql: postgres.TransactionSql, options: SeedOptions, today: Day) {
    this.vault = openVault(options.dataKey)
    this.sql = sql
    this.options = options
    this.today = today
  }

  async run(): Promise<Record<string, number>> {
    const { sql, today, options: { residents, seed, report = () => undefined } } = this
    const random = (...purpose: (string | number)[]) => randomFor(seed, ...purpose)
    const ageGroups = await readAgeGroups(sql)
    await sql`create temporary table demo_awards (key text, participation_id bigint, rule_id text, minutes bigint, posted_at timestamptz) on commit drop`
    const facts = new Facts(ageGroups, today)

    const region = makeRegion(random('region'), residents, today)
    for (const unit of region.units) this.addUnit(unit)
    await this.units.send(sql)
    // Recorded when they opened, or when the register was set up.
    await sql`update public.unit_versions set recorded_at = (greatest(lower(valid), '2019-03-01') + time '09:00') at time zone 'Asia/Shanghai'`
    report(`网络：${region.units.length} 个单位  Network: ${region.units.length} units`)

    const register = new Register()
    const staff = makeStaff(random('staff'), register, region, today)
    await this.addStaff(staff)
    this.trainStaff(facts, region, staff)

    const season = new Season(today)
    const calendars = new Calendars(season, host => random('sessions', host))
    const setting = { season, catalogue: await readCatalogue(sql), ageGroups, today }
    const gaps = drawGaps(random('gaps'), region, today)
    const figures: Population[] = []
    let registered = 0
    for (const village of region.villages) {
      const { unit: { code }, township } = village
      const manager = staff.managerOf.get(township)!
      const people = makePeople(random('people', code), register, region, village, today)
      if (village === township.villages[0] || village === township.villages[1]) registerTwice(people)
      const everybody = [...people, ...staff.members.filter(({ person }) => person.village === village).map(({ person }) => person)]
      figures.push(...makePopulations(random('populations', code), village, everybody, ageGroups, gaps, today))
      for (const person of people) this.addPerson(person, manager)
      this.addRegistry(random('registry', code), register, people, manager, township === region.counties[0]!.townships[0])
      const here: Setting = { ...setting, random: random('history', code) }
      facts.add(here.random, makeHistory(here, village, people, calendars.around(village)), manager)
      registered += people.length
      if (this.persons.waiting >= BATCH || registered === residents) {
        await this.send(facts)
        report(`居民和学习记录：${registered} / ${residents}  Residents and what they learned: ${registered} / ${residents}`)
      }
    }
    this.addPopulations([...figures, ...officialTotals(region, figures, today)], region, staff)
    await this.populations.send(sql)
    await this.moveSequences()
    await stockShelves(sql, momentOf(today - 30, 9 * 60))
    // Venues first: what took place is on record where it was.
    await openVenues(sql, random('venues'), region, staff.managerOf.get(region.counties[0]!)!.account.id, today)
    await holdClasses(sql, random('classes'), region, staff, today)
    await planActivities(sql, this.vault, random('activities'), region, staff, today)
    await gatherLecturers(sql, random('lecturers'), region, staff.managerOf.get(region.counties[0]!)!.account.id, today)
    await bookRooms(sql, region, staff.managerOf.get(region.counties[0]!)!.account.id, today)
    await addVolunteers(sql, random('volunteers'), region, staff, today)
    this.files = await addImports(sql, random('imports'), region, staff, today)
    await addRecognition(sql, random('recognition'), this.vault, region, staff, today)
    await issueCertificates(sql)
    await this.countFigures()
    await addHeadCounts(sql, random('head counts'), region, staff, today)
    await addReports(sql, region, staff, today)
    await fillCreditDesk(sql, staff, today)
    await addHonours(sql, today)
    await addDepartures(sql, staff, today)
    await limitTutor(sql)
    const tables = [this.units, this.persons, this.groups, this.accounts, this.posts, this.populations,
      facts.participations, facts.enrolments,
      facts.progress, facts.readings, facts.completions, facts.awards]
    return Object.fromEntries(tables.map(table => [table.table, table.sent]))
  }

  private addUnit(unit: Unit): void {
    this.units.add({ id: unit.id, code: unit.code, parent_id: unit.parentId, kind_id: unit.kindId, level: unit.level, name: unit.name, local_name: unit.localName,
      area: unit.area, should_build: unit.shouldBuild ?? false, opened_on: unit.openedOn, closed_on: unit.closedOn, host_body: unit.hostBody, address: unit.address,
      contact_phone: unit.contactPhone, summary: unit.summary, placed_on: unit.openedOn ?? '2000-01-01', further_kinds: [], ...equipmentOf(unit) })
  }

  private addPerson(person: Person, registeredBy: Manager | null): void {
    const registeredAt = momentOf(person.registeredOn, 10 * 60)
    this.persons.add({ id: person.id, name: person.name, sex: person.sex, birth_year: person.birthYear, residence_unit_id: person.village.unit.id,
      ...soundOf(person.name), created_at: registeredAt, created_by: registeredBy?.account.id, updated_at: registeredAt })
    for (const { group, source, from, to } of person.memberships) {
      this.groups.add({ person_id: person.id, group_id: group, source, proof_seen: group !== 'rural_labour', valid_from: dateOf(from), valid_to: to && dateOf(to),
        entered_by: registeredBy?.account.id, entered_at: registeredAt })
    }
    if (person.account) this.addAccount(person, person.account, person.account.openedOn)
  }

  private addAccount(person: Person, { id, phone, username }: { id: string, phone?: string, username?: string }, openedOn: Day): void {
    const openedAt = momentOf(openedOn, 10 * 60 + 5)
    this.accounts.add({ id, email: `${id}@accounts.invalid`, email_verified: false, ...this.sealedPhone(phone), phone_verified: phone !== undefined, username, display_username: username,
      person_id: person.id, created_at: openedAt, updated_at: openedAt, password_set_at: momentOf(this.today, 0) })
  }

  private sealedPhone(phone: string | undefined) {
    if (!phone) return {}
    const { cipher, keyId, lookup, masked } = this.vault.seal('phone', phone)
    return { phone_lookup: lookup.toString('hex'), phone_cipher: `\\x${cipher.toString('hex')}`, phone_key_id: keyId, phone_mask: masked }
  }

  /** What the desk keeps of people besides: phones, guardians of children, and in one township cards. */
  private addRegistry(random: Random, register: Register, people: Person[], manager: Manager, hasCards: boolean): void {
    const year = yearOf(this.today - 1)
    for (const person of people) {
      const entered = { entered_by: manager.account.id, entered_at: momentOf(person.registeredOn, 10 * 60) }
      const phone = person.account?.phone ?? (ageIn(year, person) >= ADULT_ENOUGH && random.chance(0.4) ? register.nextPhone() : undefined)
      if (phone) {
        const { cipher, keyId, lookup, masked, tail } = this.vault.seal('phone', phone)
        this.contacts.add({ person_id: person.id, kind: 'phone', cipher: `\\x${cipher.toString('hex')}`, key_id: keyId, lookup: `\\x${lookup.toString('hex')}`, masked, tail, ...entered })
      }
      const { guardian } = person
      if (guardian) {
        const relation = person.birthYear - guardian.birthYear >= 45 ? 'grandparent' : guardian.sex === 'female' ? 'mother' : 'father'
        const since = Math.max(person.registeredOn, guardian.registeredOn)
        this.guardians.add({ child_id: person.id, guardian_id: guardian.id, relation, consent: random.chance(0.9), valid_from: dateOf(since), ...entered })
      }
      if (hasCards && random.chance(0.6)) {
        const digits = Array.from({ length: 9 }, () => CARD_ALPHABET[random.int(0, 31)]!).join('')
        this.cards.add({ number: digits + cardCheck(digits), person_id: person.id, issued_at: entered.entered_at, issued_by: manager.account.id })
      }
    }
  }

  private async addStaff({ members }: Staff): Promise<void> {
    let postId = 0
    for (const { person, posts, account } of members) {
      this.addPerson(person, null)
      if (account) this.addAccount(person, account, person.registeredOn)
      for (const { unit, role, employment, from, to } of posts)
        this.posts.add({ id: ++postId, person_id: person.id, unit_id: unit.id, role_id: role, employment, valid_from: dateOf(from), valid_to: to && dateOf(to) })
    }
    const withPassword = members.filter(({ account }) => account?.password)
    const hashes = await Promise.all(withPassword.map(() => hashPassword(DEMO_PASSWORD)))
    const random = randomFor(this.options.seed, 'credentials')
    for (const [index, { account, person }] of withPassword.entries()) {
      const at = momentOf(person.registeredOn, 10 * 60 + 5)
      this.credentials.add({ id: random.uuid(), account_id: account!.id, provider_id: 'credential', provider_account_id: account!.id, password_hash: hashes[index]!,
        created_at: at, updated_at: at })
    }
  }

  /** In spring and autumn each county's college trains the people of its network. */
  private trainStaff(facts: Facts, region: Region, { members, managerOf }: Staff): void {
    const days = Array.from({ length: 365 }, (_, index) => this.today - 365 + index)
    for (const county of region.counties) {
      const ours = members.filter(({ posts }) => posts.some(({ unit }) => unit.code.startsWith(`${county.unit.code}-`)))
      for (const month of [4, 9]) {
        const day = days.find(one => monthOf(one) === month && weekdayOf(one) === 3)!
        const session: Session = { key: `training:${county.college.code}:${dateOf(day)}`, host: county.college, day, startMinute: 9 * 60, minutes: 360, signIn: 'scan',
          programme: '社区教育工作者培训', department: null, topic: { category: 'community_worker', kind: 'training', form: 'training', minutes: [360, 360], weight: 0 } }
        facts.addStaffTraining(session, ours.filter((_, index) => (index + month) % 6 > 0), managerOf.get(county)!)
      }
    }
  }

  private addPopulations(figures: Population[], region: Region, { managerOf }: Staff): void {
    const townshipOf = new Map(region.villages.map(({ unit, township }) => [unit, township]))
    for (const { unit, year, group, count, source, asOf } of figures) {
      const township = townshipOf.get(unit)
      const reviewer = managerOf.get(township?.county ?? region.counties[0]!)!
      const enteredBy = township ? managerOf.get(township)! : reviewer
      const entered = Math.min(asOf + 20, this.today - 3)
      const base = { unit_id: unit.id, year, group_id: group, source, as_of: dateOf(asOf), entered_by: enteredBy.account.id, entered_at: momentOf(entered, 11 * 60) }
      const decided = { decided_by: reviewer.account.id, decided_at: momentOf(Math.min(entered + 9, this.today - 1), 15 * 60) }
      const fate = fateOf(region, unit, year, group, yearOf(this.today))
      // A first try that was sent back, and the one that replaced it.
      if (fate === 'second try') {
        this.populations.add({ ...base, count: count * 10, status: 'returned', ...decided, decided_at: momentOf(entered + 1, 9 * 60), reason: '多写了一个零，请核对后重报' })
        this.populations.add({ ...base, count, entered_at: momentOf(entered + 1, 10 * 60), status: 'approved', ...decided })
      }
      else if (fate === 'waiting') this.populations.add({ ...base, count, status: 'entered' })
      else this.populations.add({ ...base, count, status: 'approved', ...decided })
      if (fate === 'changed') this.populations.add({ ...base, count: Math.round(count * 1.02), source: `${source}（更正）`, status: 'entered', entered_at: momentOf(this.today - 1, 16 * 60) })
    }
  }

  /** What is referred to goes first. */
  private async send(facts: Facts): Promise<void> {
    const tables = [this.persons, this.groups, this.contacts, this.guardians, this.cards, this.accounts, this.credentials, this.posts, facts.enrolments, facts.participations,
      facts.progress, facts.readings, facts.completions, facts.awards]
    for (const rows of tables) await rows.send(this.sql)
    // Credits come through the ledger's own door, in the order they were earned.
    await this.sql`select private.award_credit(key, participation_id, rule_id, minutes, posted_at)
      from (select * from demo_awards order by posted_at, participation_id) award`
    await this.sql`truncate demo_awards`
  }

  /** Every fact has left a mark; the figures are there when the region is. */
  private async countFigures(): Promise<void> {
    const { sql } = this
    await sql.unsafe('analyze public.units, public.persons, public.participations')
    const years = await sql`select distinct year from public.participations order by year`
    for (const { year } of years) await sql`select private.rebuild_year(${year}::smallint)`
    await this.countTerm()
    await sql`select private.publish_figures()`
    await sql`select private.check_figures()`
    // The passwords of a region to try out are in the README, and stay what is written there.
    await sql`update public.sign_in_rules set password_days = 0`
    while ((await sql`select private.drain_duplicate_marks(2000) as drained`)[0]!.drained > 0);
  }

  /** A township asked for the figures of the last hundred days but ten. */
  private async countTerm(): Promise<void> {
    const { sql, today } = this
    const run = randomFor(this.options.seed, 'ranges').uuid()
    const [range] = await sql`insert into public.range_figures (unit_id, from_day, until_day, asked_by, asked_person_id, asked_at)
      select unit.id, ${dateOf(today - 100)}, ${dateOf(today - 10)}, account.id, account.person_id, ${momentOf(today - 1, 10 * 60)}
      from public.units unit, identity.accounts account where unit.code = 'QJ-YX-01' and account.username = 'qingxi' returning id`
    await sql`select private.begin_range_figure(${range!.id}, ${run})`
    await sql`select private.keep_range_part(${range!.id}, ${run}, private.count_range_part(${range!.id}, homes), cardinality(homes), cardinality(homes)) from private.homes_of_range(${range!.id}) as homes`
    await sql`select private.end_range_figure(${range!.id}, ${run}, ${momentOf(today - 1, 10 * 60 + 1)})`
  }

  /** Ids were given out here; the next ones come from the sequences again. */
  private async moveSequences(): Promise<void> {
    for (const table of ['units', 'persons', 'posts', 'participations'])
      await this.sql`select setval(pg_get_serial_sequence(${`public.${table}`}, 'id'), coalesce((select max(id) from public.${this.sql(table)}), 1))`
  }
}
