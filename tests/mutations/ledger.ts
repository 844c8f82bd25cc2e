// Faults put into the ledger on purpose, each of which a test of the database must notice (design of the credit bank, 7.5).
import type postgres from 'postgres'
import { DECISION_MUTATIONS } from './decisions.ts'

export interface Mutation {
  name: string
  /** Functions whose text is changed, and how: of schema private, where none is named. */
  functions?: Record<string, [find: string | RegExp, replace: string]>
  /** What is done besides. */
  statements?: string[]
  /** The tests of which one must notice; without them those of the ledger and of points. */
  tests?: string[]
}

export const LEDGER_MUTATIONS: Mutation[] = [
  { name: 'nobody waits for the learner’s row', functions: { hold_credit_chain: [/ for update/g, ''] } },
  {
    name: 'the key is looked up before the lock, and no index backs it',
    functions: {
      award_credit: [
        /(learner := private\.hold_learner\(fact\.person_id\);\s+fact\.learner_id := learner\.person_id;)(\s+select \* into posting from public\.credit_postings earlier where earlier\.key = award_credit\.key;\s+if found then[\s\S]*?return posting;\s+end if;)/,
        '$2 $1',
      ],
    },
    statements: ['alter table public.credit_postings drop constraint credit_postings_key_key'],
  },
  { name: 'caps and rules go by the day of posting', functions: { award_credit: ['private.china_date(one.started_at) as day', 'private.china_date(clock_timestamp()) as day'] } },
  { name: 'days are those of London', functions: { china_date: [/Asia\/Shanghai/g, 'UTC'] } },
  {
    name: 'a refusal is not kept',
    functions: { award_credit: ['posting.id := nextval(', 'if posting.outcome = \'refused\' then return posting; end if;\n  posting.id := nextval('] },
  },
  {
    name: 'a posting is reversed twice',
    functions: { reverse_credit: [/where earlier\.reverses = target\.id/, 'where false'] },
    statements: [
      'alter table public.credit_postings drop constraint credit_postings_reverses_key',
      'alter table public.credit_postings drop constraint credit_postings_key_key',
    ],
  },
  { name: 'the key is made up anew each time', functions: { post_credit: ['private.award_credit(key,', 'private.award_credit(gen_random_uuid()::text,'] } },
  { name: 'fractions of a minute are cut off', functions: { post_credit: [' or minutes <> trunc(minutes)', ''] } },
  { name: 'a list says nothing of what earns nothing', functions: { credit_import_facts: [/perform private\.refuse_award[\s\S]*?list\.fact_id;/g, ''] }, tests: ['import-credits'] },
  { name: 'a line tells whoever was parted what it was for', functions: { line_words: ['if said.row_is_others then return said; end if;', ''] }, tests: ['whole-account'] },
  { name: 'a merged row keeps its history to itself', functions: { 'public.my_passbook': ['array(select private.my_person_ids())', 'array[private.my_person_id()]'] }, tests: ['whole-account'] },
  { name: 'a cap forgets what was used', functions: { count_credit: ['set used = taken.used + excluded.used', 'set used = excluded.used'] } },
  { name: 'a reversal keeps the cap used', functions: { reverse_credit: ['set used = counter.used - use.used', 'set used = counter.used'] } },
  { name: 'a reversal frees the count of every institution', functions: { reverse_credit: ['counter.host_unit_id = coalesce(use.host, 0)', 'true'] } },
  { name: 'a cap of a category counts everything', functions: { credit_room: ['cap.category_id = of_category_id', 'true'] } },
  { name: 'a shortfall is never repaid', functions: { award_credit: ['repaid := least(account.owed, posting.milli_credits)', 'repaid := 0'] } },
  { name: 'the chain leaves the balance out', functions: { chain_link: [/ balance,/, ' 0,'] } },
  { name: 'a posting is dated before the one that it follows', functions: { follow_clock: ['new.posted_at := last', 'null'] } },
  { name: 'a clock that was set back posts on', functions: { follow_clock: ['perform private.refuse(503', 'perform format(\'%s %s %s\', 503'] } },
  { name: 'the check believes the hashes', functions: { credit_faults_of_contents: ['posting.request_hash <> sha256', 'false and posting.request_hash <> sha256'] } },
  { name: 'minutes are rounded one by one', functions: { credit_worth: ['(version.live_minutes + counted)', '(0 + counted)'] } },
  { name: 'what is said beforehand goes by today alone', functions: { lesson_day: ['coalesce(begun_at, now())', 'now()'] }, tests: ['credit-ahead'] },
  { name: 'what is said beforehand counts everything as one event', functions: { courses_ahead: ['count(*)::integer, undone.category_id', '1, undone.category_id'] }, tests: ['credit-ahead'] },
  { name: 'what is said beforehand looks at one row of the person', functions: { courses_ahead: ['array(select private.rows_of_person(of_person_id))', 'array[of_person_id]'] }, tests: ['credit-ahead'] },
  { name: 'points are spent in no order of days', functions: { use_points: ['order by one.last_day nulls last, one.id', 'order by one.id'] } },
  { name: 'points that ended unused are taken back once more', functions: { take_points: ['ended.kind = \'expiry\'', 'ended.kind = \'\''] } },
  { name: 'points given back make a new day for themselves', functions: { use_lot: ['set remaining = one.remaining - amount', 'set remaining = one.remaining - amount, last_day = null'] } },
]

/** The same of a class in one call, which has statements of its own. */
const CLASS_MUTATIONS: Mutation[] = [
  { name: 'a class does not wait for its learners', functions: { award_class: ['order by learner.person_id for update', 'order by learner.person_id'] } },
  { name: 'a class counts by the day of posting', functions: { award_class: ['private.china_date(fact.started_at) as day', 'private.china_date(clock_timestamp()) as day'] } },
  { name: 'a class keeps no refusal', functions: { award_class: [/from priced order by person_id(\s+returning)/, 'from priced where priced.outcome <> \'refused\' order by person_id$1'] } },
  { name: 'a class forgets what a cap had used', functions: { award_class: ['set used = taken.used + excluded.used', 'set used = excluded.used'] } },
  { name: 'minutes of a class are rounded one by one', functions: { award_class: ['(live_minutes + counted.minutes)', '(0 + counted.minutes)'] } },
]

/** Faults of what stands on the ledger: registers of classes, re-ratings, corrections by two, levels, merges. */
const DESK_MUTATIONS: Mutation[] = [
  { name: 'whoever sat in a class enters it under another row', functions: { enter_class: ['private.credit_learner(asked.id) = private.my_person_id()', 'asked.id = private.my_person_id()'] }, tests: ['class-register'] },
  { name: 'somebody sits in two classes at once', functions: { in_other_class: ['fact.ended_at > from_time', 'fact.ended_at > to_time'] }, tests: ['class-register'] },
  { name: 'a class to which nobody came keeps its register', functions: { 'public.record_class': ['if not exists (', 'if false and not exists ('] }, tests: ['class-register'] },
  { name: 'a class of the same title on the same day asks nobody', functions: { class_register: ['if is_another is not true then', 'if false then'] }, tests: ['class-register'] },
  { name: 'one’s own record is corrected', functions: { 'public.correct_participation': ['private.credit_learner(fact.person_id) = private.my_person_id()', 'false'] }, tests: ['people.test', 'class-register'] },
  { name: 'a corrected cap begins from nothing', functions: { credit_room: ['version.period = cap.period', 'version.id = cap.id'] }, tests: ['reratings'] },
  { name: 'whoever learns before their turn has none', functions: { rerating_turns: ['rerating.state = \'posting\'', 'rerating.state = \'\''] }, tests: ['reratings'] },
  { name: 'what is posted need not be what was listed', functions: { post_rerating_of: ['if private.hash_of_rerated', 'if false and private.hash_of_rerated'] }, tests: ['reratings'] },
  { name: 'a re-rating is confirmed by whoever asked for it', functions: { 'public.confirm_rerating': ['private.credit_learner(rerating.asked_person_id) = private.my_person_id()', 'false'] }, tests: ['reratings'] },
  { name: 'a re-rating corrects the cap of all for that of a scope', functions: { correct_rule: ['cap.scope = rerating.cap_scope', 'cap.scope = \'all\''] }, tests: ['reratings'] },
  { name: 'the unit of a cap is looked up before the rule is held', functions: { 'public.set_credit_cap': ['for update', ''] }, tests: ['cap-races'] },
  { name: 'a re-rating leaves caps behind in the old unit', functions: { refuse_rerating_of_other_unit: ['cap.basis <> new.basis', 'false'] }, tests: ['reratings'] },
  { name: 'a re-rating does not wait for who is posting', functions: { 'public.confirm_rerating': ['rerating.stamp is distinct from private.rerating_stamp(rerating)', 'false'] }, tests: ['reratings'] },
  { name: 'a correction is decided by whoever asked for it', functions: { 'public.decide_credit_correction': ['private.credit_learner(correction.asked_person_id) = private.my_person_id()', 'false'] }, tests: ['credit-corrections'] },
  { name: 'a posting is taken back that was taken back before', functions: { require_reversible: ['if exists (select from public.credit_postings reversal', 'if false and exists (select from public.credit_postings reversal'] }, tests: ['credit-corrections'] },
  { name: 'a level asks for nothing in a subject', functions: { levels_by_postings: ['least_.milli_credits > coalesce', 'least_.milli_credits > 1000000000 + coalesce'] }, tests: ['honours'] },
  { name: 'a level that went keeps its certificate', functions: { judge_honours: ['earlier.kind = \'reached\'', 'earlier.kind = \'\''] }, tests: ['honours'] },
  { name: 'somebody perhaps under age is named', functions: { is_surely_adult: ['>= 19', '>= 18'] }, tests: ['honours'] },
  { name: 'a parted row takes along what it had used before', functions: { credits_of_row: [/account\.role in \('applied', 'held'\)/g, 'account.role = \'\''] }, tests: ['ledger', 'credit-awards'] },
]
LEDGER_MUTATIONS.push(...CLASS_MUTATIONS.map(one => ({ ...one, tests: ['award-class'] })), ...DESK_MUTATIONS, ...DECISION_MUTATIONS)

/** Puts one fault into a migrated database. @throws where the text it changes is no longer there. */
export async function mutate(sql: postgres.Sql | postgres.TransactionSql, name: string): Promise<void> {
  const mutation = LEDGER_MUTATIONS.find(one => one.name === name)
  if (!mutation) throw new Error(`There is no mutation '${name}'`)
  for (const [fn, [find, replace]] of Object.entries(mutation.functions ?? {})) {
    const [schema, local] = fn.includes('.') ? fn.split('.') as [string, string] : ['private', fn]
    const [row] = await sql`select pg_get_functiondef(oid) as text from pg_proc where proname = ${local} and pronamespace = ${schema}::regnamespace`
    const changed = (row!.text as string).replace(find, replace)
    if (changed === row!.text) throw new Error(`'${name}' finds nothing to change in ${schema}.${local}`)
    await sql.unsafe(changed)
  }
  for (const statement of mutation.statements ?? []) await sql.unsafe(statement)
}
