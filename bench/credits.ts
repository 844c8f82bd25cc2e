// The ledger beside the bare rows that it cannot beat (design of the credit bank, section 8): scripts A, B, D, F, G, H, taken
// in turns so that a slow minute of the machine meets them all.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { prepareData } from '../stack/portal.ts'
import { freePort } from '../stack/ports.ts'
import { Services } from '../stack/processes.ts'
import type { Row } from './report.ts'

export interface CreditsOptions { learners: number, legs: number, clients: number, seconds: number, rounds: number }
export interface CreditsReport { rows: Row[], data: CreditsOptions & { walBytes: Record<string, number>, cpuMs: Record<string, number>, reconciliationSeconds: number } }

const ROUNDS_OF_FACTS = 400
const CLASS_SIZE = 50

/** One posting, or one class of them. */
type Script = (sql: postgres.ReservedSql) => Promise<unknown>
interface Measured { perSecond: number, p50Ms: number, p99Ms: number, walBytes: number, cpuMs: number }

export async function measureCredits(options: CreditsOptions): Promise<CreditsReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'linxue-bench-credits-'))
  const services = new Services(join(dataDir, 'children.json'), (reason) => { throw new Error(reason) })
  const started = performance.now()
  const say = (line: string) => console.log(`  ${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`)
  try {
    const environment = { port: await freePort(), host: '127.0.0.1', dataDir, hosted: null, demoResidents: 0 }
    const connection = await prepareData(services, environment, zh => say(zh))
    const sql = postgres(connection.DATABASE_URL, { max: options.clients + 1, onnotice: () => undefined })
    const bench = new CreditsBench(sql, options, say)
    await bench.prepare()
    await bench.takeTurns()
    await bench.preload()
    await bench.reconcile()
    await sql.end()
    return { rows: bench.rows, data: { ...options, walBytes: bench.walBytes, cpuMs: bench.cpuMs, reconciliationSeconds: bench.reconciliationSeconds } }
  }
  finally {
    await services.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

class CreditsBench {
  readonly rows: Row[] = []
  readonly walBytes: Record<string, number> = {}
  readonly cpuMs: Record<string, number> = {}
  reconciliationSeconds = 0
  private nextFact = 0
  private nextRow = 0
  private emptyRate = 0
  private readonly known = { version: 0, minutes: 0, credits: 0, earned: [] as number[], available: [] as number[] }

  private readonly sql: postgres.Sql
  private readonly options: CreditsOptions
  private readonly say: (line: string) => void

  constructor(sql: postgres.Sql, options: CreditsOptions, say: (line: string) => void) {
    this.sql = sql
    this.options = options
    this.say = say
  }

  /** Learners with attended events that nobody has credited yet. Facts are laid down without their triggers: they are not what is measured. */
  async prepare(): Promise<void> {
    const { learners } = this.options
    await this.sql.unsafe(`
      set session_replication_role = replica;
      insert into public.units (id, parent_id, path, code, name, kind_id, level) values (1, null, '1', 'B', '台州', 'administration', 'county');
      insert into public.units (id, parent_id, path, code, name, kind_id, level)
        select 1 + n, 1, ('1.' || 1 + n)::extensions.ltree, 'B-' || n, '学校' || n, 'administration', 'township' from generate_series(1, 100) n;
      insert into public.persons (id, name, residence_unit_id, birth_year) select n, '学员' || n, 2 + n % 100, 1960 from generate_series(1, ${learners}) n;
      insert into public.participations (id, key, person_id, kind, organised, role, residence_unit_id, host_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
        select turn * ${learners} + person, 'bench:' || turn || ':' || person, person, 'training', true, 'learner', 2 + person % 100,
          case when turn % 2 = 0 then 2 else 2 + (person * 7 + turn) % 100 end, '{resident}',
          timestamptz '2026-01-05 09:00+08' + turn * interval '16 hours', timestamptz '2026-01-05 10:00+08' + turn * interval '16 hours', 1, 'attended', 'onsite', 'scan'
        from generate_series(0, ${ROUNDS_OF_FACTS - 1}) turn, generate_series(1, ${learners}) person order by 1;
      set session_replication_role = default;
      insert into public.credit_caps (rule_id, period, amount) values ('lesson_completed', 'day', 240), ('lesson_completed', 'year', 100000);
      create schema bench;
      create table bench.postings (like public.credit_postings including all excluding identity);
      create table bench.legs (like public.credit_legs including all);
      -- LIKE copies indexes and checks, not the keys to other tables.
      alter table bench.postings add foreign key (person_id) references public.persons, add foreign key (participation_id) references public.participations,
        add foreign key (rule_id) references public.credit_rules, add foreign key (rule_version_id) references public.credit_rule_versions;
      alter table bench.legs add foreign key (posting_id) references bench.postings, add foreign key (from_account_id) references public.credit_accounts,
        add foreign key (to_account_id) references public.credit_accounts;
      create table bench.balances (person_id bigint primary key, balance bigint not null default 0);
      insert into bench.balances select id from public.persons;
      create table bench.pool (id integer primary key, balance bigint not null); insert into bench.pool values (1, 0);
      analyze;`)
    // A ledger that has been in use for a while: the planner knows its tables.
    const warm = await this.sql.reserve()
    for (let step = 0; step < 3000; step++) await this.award('random')(warm)
    for (let account = 1; account <= learners; account++) await warm`select private.credit_account(${account}, null, 'minutes', 'earned'), private.credit_account(${account}, null, 'credits', 'available')`
    await this.learnNumbers()
    for (let step = 0; step < 3000; step++) await this.bareRows(warm)
    warm.release()
    await this.sql`analyze`
    this.say(`${learners.toLocaleString('en')} learners, ${(learners * ROUNDS_OF_FACTS).toLocaleString('en')} events`)
  }

  /** Numbers that the bare rows refer to, so that writing them looks nothing up. */
  private async learnNumbers(): Promise<void> {
    const accounts = await this.sql`select id::integer, person_id::integer as person, unit_id as unit, measure, role from public.credit_accounts`
    const issuer = (measure: string) => accounts.find(row => row.unit === 2 && row.measure === measure)!.id as number
    this.known.minutes = issuer('minutes')
    this.known.credits = issuer('credits')
    for (const { id, person, role } of accounts) if (role === 'earned' || role === 'available') this.known[role as 'earned'][person as number] = id as number
    this.known.version = (await this.sql`select id from public.credit_rule_versions where rule_id = 'lesson_completed'`)[0]!.id as number
  }

  /** Which event is next: a new one of a learner drawn at random, all of one issuer or of a hundred. */
  private fact(spread: 'pool' | 'random'): { id: number, key: string } {
    const { learners } = this.options
    const step = this.nextFact++
    // A stride without a common divisor visits every learner before it comes back.
    const person = 1 + step * 7919 % learners
    const turn = Math.floor(step / learners) * 2 + (spread === 'pool' ? 0 : 1)
    if (turn >= ROUNDS_OF_FACTS) throw new Error('No event is left to credit; give the bench more of them.')
    return { id: turn * learners + person, key: `bench:${turn}:${person}` }
  }

  private readonly bareRows: Script = async (sql) => {
    const n = ++this.nextRow
    const person = 1 + n * 7919 % this.options.learners
    const { version, minutes, credits, earned, available } = this.known
    await sql`with posting as (
        insert into bench.postings (id, key, request_hash, kind, person_id, participation_id, rule_id, rule_version_id, asked_minutes, minutes, milli_credits,
          outcome, occurred_at, balance_after_milli_credits, seq, chain)
        values (${n}, ${`bare:${n}`}, '\\x00', 'award', ${person}, ${person}, 'lesson_completed', ${version}, 30, 30, 600, 'posted', '2026-01-05', 600, ${n}, sha256('bare'))
      ) insert into bench.legs (posting_id, line, from_account_id, to_account_id, amount, to_seq, to_after)
      values (${n}, 1, ${minutes}, ${earned[person]!}, 30, ${n}, 30), (${n}, 2, ${credits}, ${available[person]!}, 600, ${n}, 600)`
  }

  private readonly award = (spread: 'pool' | 'random'): Script => async (sql) => {
    const { id, key } = this.fact(spread)
    await sql`select private.award_credit(${key}, ${id}, 'lesson_completed', 30)`
  }

  private readonly scripts: Record<string, Script> = {
    'A the same rows and indexes, bare': this.bareRows,
    'B the same and one balance': async (sql) => {
      await sql`begin`
      await sql`update bench.balances set balance = balance + 600 where person_id = ${1 + (this.nextRow + 1) * 7919 % this.options.learners}`
      await this.bareRows(sql)
      await sql`commit`
    },
    'D a posting: lock, key, two caps, chain, legs': this.award('random'),
    'D the same, all from one issuer': this.award('pool'),
    'G D with one lock for the whole ledger': async (sql) => {
      const { id, key } = this.fact('random')
      await sql`select pg_advisory_xact_lock(1), private.award_credit(${key}, ${id}, 'lesson_completed', 30)`
    },
    'H D with a running balance of the issuer': async (sql) => {
      const { id, key } = this.fact('pool')
      await sql`with pool as (update bench.pool set balance = balance - 600 where id = 1 returning balance) select balance, private.award_credit(${key}, ${id}, 'lesson_completed', 30) from pool`
    },
    [`F a class of ${CLASS_SIZE} in one call, learners`]: async (sql) => {
      const facts = Array.from({ length: CLASS_SIZE }, () => this.fact('pool'))
      await sql`select private.award_class(${facts.map(({ id }) => id)}, ${facts.map(({ key }) => key)}, 'lesson_completed', 30)`
    },
  }

  async takeTurns(): Promise<void> {
    const { rounds } = this.options
    const taken = new Map(Object.keys(this.scripts).map(name => [name, [] as Measured[]]))
    for (let round = 0; round < rounds; round++) {
      await this.sql`checkpoint`
      for (const [name, script] of Object.entries(this.scripts)) taken.get(name)!.push(await this.measure(script, name.startsWith('F') ? CLASS_SIZE : 1))
      this.say(`round ${round + 1} of ${rounds}`)
    }
    const of = (name: string) => median(taken.get(Object.keys(this.scripts).find(one => one.startsWith(name))!)!)
    const [bare, single, pool, many] = [of('A'), of('D a'), of('D the'), of('F')]
    this.emptyRate = single.perSecond
    for (const name of Object.keys(this.scripts)) {
      const row = of(name)
      this.walBytes[name] = Math.round(row.walBytes)
      this.cpuMs[name] = Math.round(row.cpuMs * 1000) / 1000
      const gate = name.startsWith('D a')
        ? { aim: '≥ 0.4 A', met: single.perSecond >= 0.4 * bare.perSecond }
        : name.startsWith('D the')
          ? { aim: 'as random ± 10 %', met: Math.abs(pool.perSecond / single.perSecond - 1) <= 0.1 }
          : name.startsWith('F') ? { aim: '≥ 4 D', met: many.perSecond >= 4 * single.perSecond } : {}
      const beside = name.startsWith('A') ? undefined : name.startsWith('F') ? { of: 'D', share: row.perSecond / single.perSecond } : { of: 'A', share: row.perSecond / bare.perSecond }
      this.rows.push({ name: `ledger ${name}`, perSecond: row.perSecond, p50Ms: row.p50Ms, p99Ms: row.p99Ms, cpuMs: row.cpuMs, walBytes: row.walBytes, ofLimit: beside, ...gate })
    }
  }

  /** Every client posts without a pause; what the server burned is read from the system, what it wrote from its log. */
  private async measure(script: Script, each: number, seconds = this.options.seconds): Promise<Measured> {
    const { sql, options } = this
    const connections = await Promise.all(Array.from({ length: options.clients }, () => sql.reserve()))
    const pids = await Promise.all(connections.map(async one => (await one`select pg_backend_pid() as pid`)[0]!.pid as number))
    const [before] = await sql`select pg_current_wal_lsn() as lsn`
    const burned = pids.reduce((sum, pid) => sum + cpuOf(pid), 0)
    const times: number[] = []
    const began = performance.now()
    await Promise.all(connections.map(async (one) => {
      while (performance.now() - began < seconds * 1000) {
        const at = performance.now()
        await script(one)
        times.push(performance.now() - at)
      }
    }))
    const elapsed = (performance.now() - began) / 1000
    const done = times.length * each
    const [after] = await sql`select pg_wal_lsn_diff(pg_current_wal_lsn(), ${before!.lsn}) as bytes`
    const cpu = pids.reduce((sum, pid) => sum + cpuOf(pid), 0) - burned
    for (const one of connections) one.release()
    times.sort((a, b) => a - b)
    const [p50Ms, p99Ms] = [0.5, 0.99].map(share => times[Math.floor(times.length * share)]!)
    return { perSecond: done / elapsed, p50Ms: p50Ms!, p99Ms: p99Ms!, walBytes: Number(after!.bytes) / done, cpuMs: cpu / done }
  }

  /** Years of postings of every learner, laid down whole: links, lines and balances are true, so that the check below has to read them all. */
  async preload(): Promise<void> {
    const { sql, options } = this
    const rounds = Math.ceil(options.legs / 2 / options.learners)
    await sql.unsafe(`
      set session_replication_role = replica;
      create table bench.head as
        select person.id as person_id, coalesce(learner.seq, 0) as seq, coalesce(learner.head, '\\x'::bytea) as head,
          private.credit_account(person.id, null, 'minutes', 'earned') as minutes_id, private.credit_account(person.id, null, 'credits', 'available') as credits_id,
          -- The request as private.credit_request() says it again: the check makes every hash anew.
          fact.started_at, sha256(convert_to(concat_ws('|', 'award', 'lesson_completed', person.id, fact.key, 30, extract(epoch from fact.started_at)), 'UTF8')) as request
        from public.persons person left join public.credit_learners learner on learner.person_id = person.id
        join public.participations fact on fact.id = person.id;
      alter table bench.head add minutes_seq bigint, add minutes bigint, add credits_seq bigint, add credits bigint;
      update bench.head set minutes_seq = m.seq, minutes = m.balance, credits_seq = c.seq, credits = c.balance
        from public.credit_account_states m, public.credit_account_states c where m.account_id = minutes_id and c.account_id = credits_id;
      create index on bench.head (person_id); analyze bench.head;`)
    const [issuer] = await sql`select private.credit_account(null, 2, 'minutes', 'issuer') as minutes, private.credit_account(null, 2, 'credits', 'issuer') as credits,
      (select id from public.credit_rule_versions where rule_id = 'lesson_completed' limit 1) as version`
    const apart = await sql.reserve()
    await apart`set session_replication_role = replica`
    for (let round = 1; round <= rounds; round++) {
      await apart.unsafe(`
        with made as (
          select person_id, nextval(pg_get_serial_sequence('public.credit_postings', 'id')) as id, seq + 1 as seq, head, request from bench.head
        ), posted as (
          insert into public.credit_postings (id, key, request_hash, kind, person_id, rule_id, rule_version_id, minutes, milli_credits, outcome, occurred_at,
            balance_after_milli_credits, seq, chain, participation_id, asked_minutes)
          select made.id, 'preload:${round}:' || made.person_id, made.request, 'award', made.person_id, 'lesson_completed', ${issuer!.version}, 30, 600, 'posted', head.started_at,
            head.credits + 600, made.seq, private.chain_link(made.head, made.request, 'posted', 30, 600, head.credits + 600, made.seq), made.person_id, 30
          from made join bench.head head using (person_id) returning id, person_id, seq, chain
        ), legs as (
          insert into public.credit_legs (posting_id, line, from_account_id, to_account_id, amount, to_seq, to_after)
          select posted.id, 1, ${issuer!.minutes}, head.minutes_id, 30, head.minutes_seq + 1, head.minutes + 30 from posted join bench.head head using (person_id)
          union all
          select posted.id, 2, ${issuer!.credits}, head.credits_id, 600, head.credits_seq + 1, head.credits + 600 from posted join bench.head head using (person_id)
        ) update bench.head head set seq = posted.seq, head = posted.chain, minutes_seq = minutes_seq + 1, minutes = minutes + 30, credits_seq = credits_seq + 1, credits = credits + 600
          from posted where posted.person_id = head.person_id`)
      if (round % 50 === 0) this.say(`${(round * options.learners * 2).toLocaleString('en')} legs laid down`)
    }
    await apart.unsafe(`
      insert into public.credit_learners (person_id, seq, head) select person_id, seq, head from bench.head
        on conflict (person_id) do update set seq = excluded.seq, head = excluded.head;
      update public.credit_account_states state set seq = head.minutes_seq, balance = head.minutes from bench.head head where state.account_id = head.minutes_id;
      update public.credit_account_states state set seq = head.credits_seq, balance = head.credits from bench.head head where state.account_id = head.credits_id;
      insert into public.credit_rule_totals as total (person_id, rule_version_id, minutes, milli_credits)
        select person_id, ${issuer!.version}, ${rounds * 30}, ${rounds * 600} from bench.head
        on conflict (person_id, rule_version_id) do update set minutes = total.minutes + excluded.minutes, milli_credits = total.milli_credits + excluded.milli_credits;
      set session_replication_role = default; analyze;`)
    apart.release()
  }

  async reconcile(): Promise<void> {
    const { sql } = this
    const full = await this.measure(this.award('random'), 1, this.options.seconds * this.options.rounds)
    this.rows.push({
      name: `ledger D with ${this.options.legs.toLocaleString('en')} legs before it`, perSecond: full.perSecond, p50Ms: full.p50Ms, p99Ms: full.p99Ms, cpuMs: full.cpuMs, walBytes: full.walBytes,
      ofLimit: { of: 'D with none', share: full.perSecond / this.emptyRate }, aim: '≥ 0.85', met: full.perSecond >= 0.85 * this.emptyRate,
    })
    const [server] = await sql`select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::integer as pid`
    const burned = cpuBelow(server!.pid as number)
    const [before] = await sql`select pg_current_wal_lsn() as lsn`
    const began = performance.now()
    const faults = await sql`select invariant, count(*)::integer as count from private.credit_faults() group by 1`
    this.reconciliationSeconds = (performance.now() - began) / 1000
    const cpuMs = cpuBelow(server!.pid as number) - burned
    const [written] = await sql`select pg_wal_lsn_diff(pg_current_wal_lsn(), ${before!.lsn}) as bytes`
    if (faults.length) throw new Error(`The ledger that was measured has faults: ${JSON.stringify(faults)}`)
    const [legs] = await sql`select count(*)::integer as count from public.credit_legs`
    this.rows.push({
      name: `ledger checked whole: ${legs!.count.toLocaleString('en')} legs`, perSecond: legs!.count / this.reconciliationSeconds, p50Ms: this.reconciliationSeconds * 1000, p99Ms: 0,
      cpuMs: cpuMs / legs!.count, walBytes: Number(written!.bytes) / legs!.count,
      aim: '< 60 s', met: this.reconciliationSeconds < 60,
    })
  }
}

/** Milliseconds of processor time that a process has used. Source: proc(5), utime and stime in hundredths of a second. */
function cpuOf(pid: number): number {
  return cpuFields(pid, 11, 12)
}

/** The same of all processes of a server, those that came and went included: a check may have helpers of its own. */
function cpuBelow(postmaster: number): number {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ').map(Number)
  return cpuFields(postmaster, 13, 14) + children.reduce((sum, pid) => sum + cpuOf(pid), 0)
}

function cpuFields(pid: number, ...places: number[]): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return places.reduce((sum, place) => sum + Number(fields[place]) * 10, 0)
}

/** The round in the middle by its rate. */
function median(rounds: Measured[]): Measured {
  return rounds.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rounds.length / 2)]!
}
