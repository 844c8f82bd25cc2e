import type { Mutation } from './ledger.ts'

const recognition: Mutation[] = [
  { name: 'a certificate is reviewed by its owner', functions: { hold_case_to_review: ['perform private.refuse(403, \'own_case\')', 'null'] } },
  { name: 'two rows of one person are two reviewers', functions: { 'public.review_recognition': ['private.credit_learner(one.person_id) = me', 'one.person_id = me'] } },
  { name: 'whoever reviewed decides as well', functions: { 'public.decide_recognition': ['perform private.refuse(403, \'reviewed_before\')', 'null'] } },
  { name: 'the same certificate counts twice without a reason', functions: { require_proposal: ['exists (select from private.recognition_doubles(held.id))', 'false'] } },
  { name: 'what an objection changes is given on top', functions: { settle_recognition: ['if standing is not null and not unchanged', 'if false and not unchanged'] } },
  { name: 'a false certificate is annulled by one', functions: { 'public.settle_doubt': ['private.credit_learner(doubt.asked_person_id) = me', 'doubt.asked_person_id = 0'] } },
  { name: 'a false certificate keeps its credits', functions: { 'public.settle_doubt': ['if granted is not null', 'if false'] } },
  { name: 'files go while a case is worked on', functions: { forget_recognition_files: ['over.ended_at < clock_timestamp()', 'over.submitted_at < clock_timestamp()'] } },
]

const credentials: Mutation[] = [
  { name: 'a certificate outlives its record', functions: { follow_reversal: ['where ground.posting_id = new.reverses;', 'where false;'] } },
  { name: 'a revoked certificate has no bit', functions: { revoke_credential: ['insert into public.credential_status_bits (list_id, list_index) values (ended.list_id, ended.list_index);', ''] } },
  { name: 'a list that lacks a bit is not published anew', functions: { status_lists_to_publish: ['list.published_bits is distinct from (', 'list.published_bits is null and 0 <= ('] } },
  { name: 'a certificate does not wait for a reversal', functions: { want_credential: ['perform private.hold_learner(of_person_id);', ''] } },
  { name: 'a transcript does not wait for a revocation', functions: { 'public.request_transcript': ['perform private.hold_learner(holder);', ''] } },
  { name: 'what the desk revoked comes back with a correction', functions: { desk_revocation: ['\'desk_decision\'', '\'\''] } },
  { name: 'a parted row leaves its certificates with the other', functions: { give_back_credentials: ['continue when earners', 'continue when true or earners'] } },
]

const settlement: Mutation[] = [
  { name: 'a statement is cut by the day of the event', functions: { settle_credit_year: ['max(side.seq) filter (where posting.posted_at < ends_at)', 'max(side.seq) filter (where posting.occurred_at < ends_at)'] } },
  { name: 'a year is closed before it is over', functions: { 'public.close_credit_year': ['upper(next) >= private.china_date(now())', 'false'] } },
  { name: 'the next statement begins from nothing', functions: { settle_credit_year: ['coalesce(before.closing_milli_credits, book.opening, 0)', 'coalesce(book.opening, 0)'] } },
  { name: 'a statement is read by others', statements: ['create policy "Accounts read statements" on public.credit_statements for select to authenticated using (true)'] },
]

/** Faults in what is decided about credits and certified of them: recognition, certificates and their status, the settlement. */
export const DECISION_MUTATIONS: Mutation[] = [
  ...recognition.map(one => ({ ...one, tests: ['recognition'] })),
  ...credentials.map(one => ({ ...one, tests: ['credential'] })),
  ...settlement.map(one => ({ ...one, tests: ['settlement'] })),
]
