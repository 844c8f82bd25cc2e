-- A breach that the check of the ledger finds is named by bare numbers: of an account, a posting, a record, a person. Whoever settles it needs to
-- know whose and what it is. Names are told to whoever may read them there, the rest to whoever reads checks at all.

-- What a breach is about: a row of which table, and of whose account.
create type private.offender as (kind text, id bigint, person_id bigint, posting_id bigint, participation_id bigint);
create function private.offender_of(invariant text, subject text) returns private.offender
language plpgsql stable set search_path = '' as $$
declare
  parts text[] := string_to_array(subject, ':');
  one bigint := case when parts[1] ~ '^[0-9]{1,18}$' then parts[1]::bigint end;
  two bigint := case when parts[2] ~ '^[0-9]{1,18}$' then parts[2]::bigint end;
  found private.offender;
begin
  found.id := one;
  case
    when invariant in ('state_is_sum', 'running_balance', 'points_are_lots') then
      found.kind := 'account';
      found.person_id := (select account.person_id from public.credit_accounts account where account.id = one);
    when invariant in ('one_measure', 'correction_reversed', 'reversal_mirrors', 'posting_is_legs', 'credits_have_points', 'points_are_legs', 'rerating_replaces', 'grant_has_case', 'request_is_content')
      or invariant = 'course_award_once' and two is null then
      found.kind := 'posting';
      found.posting_id := one;
    when invariant in ('chain_is_whole', 'time_follows_chain') then
      found.kind := 'posting';
      found.person_id := one;
      found.posting_id := (select posting.id from public.credit_postings posting where posting.person_id = one and posting.seq = two);
    when invariant in ('event_has_answer', 'class_entry_is_record', 'class_award_once', 'session_record_is_record', 'session_award_once', 'import_has_answer', 'correction_has_answer') then
      found.kind := 'record';
      found.participation_id := one;
    when invariant in ('service_is_fed', 'service_award_once', 'service_taken_back') then
      found.kind := 'record';
      found.participation_id := (select record.participation_id from public.service_records record where record.id = one);
      found.person_id := (select record.person_id from public.service_records record where record.id = one);
    when invariant in ('cap_is_live_awards', 'totals_are_live_awards', 'credits_are_rate', 'head_is_last', 'honour_is_earned', 'honour_has_history', 'applied_is_standing', 'held_is_open_holds', 'course_award_once') then
      found.kind := 'person';
      found.person_id := one;
    when invariant = 'board_names_consenting_adults' then
      found.kind := 'person';
      found.person_id := (select consent.person_id from public.honour_consents consent where consent.id = one);
    when invariant in ('statement_adds_up', 'statement_follows', 'statement_head_on_chain', 'statement_missing') then
      found.kind := 'statement';
      found.person_id := two;
    when invariant in ('rerating_is_as_listed', 'rerating_ends') then
      found.kind := 'rerating';
      found.person_id := two;
    when invariant in ('recognised_is_posted', 'recognition_decided_by_two', 'reviewer_is_not_applicant', 'annulled_by_two') then
      found.kind := 'case';
      found.person_id := (select held.person_id from public.recognition_cases held where held.id = one);
    when invariant = 'application_is_posted' then
      found.kind := 'application';
      found.person_id := (select application.person_id from public.credit_applications application where application.id = one);
    when invariant = 'correction_is_posted' then
      -- Either may be the one without the other.
      found.person_id := (select correction.person_id from public.credit_corrections correction where correction.id = one);
      found.kind := case when found.person_id is null then 'posting' else 'correction' end;
      found.posting_id := case when found.person_id is null then one end;
    when invariant in ('credential_ground_stands', 'credential_is_earners', 'desk_revocation_stays', 'credential_revoked_by_ground', 'credential_bit_is_revocation') then
      found.kind := 'credential';
      found.person_id := case when two is null then (select credential.person_id from public.credentials credential where credential.id = one) end;
    when invariant in ('hold_ends_once', 'stock_is_moves') then
      found.kind := 'reward';
      found.person_id := case when invariant = 'hold_ends_once' then (select hold.person_id from public.credit_holds hold where hold.id = one) end;
    when invariant = 'lot_is_uses' then
      found.kind := 'account';
      found.person_id := (select account.person_id from public.credit_lots lot join public.credit_accounts account on account.id = lot.account_id where lot.id = one);
    when invariant in ('seal_is_signed', 'seal_root_fits_chain', 'seal_mirror_is_row') then
      found.kind := 'seal';
      found.person_id := two;
    else found.kind := 'other';
  end case;
  if found.posting_id is not null then
    select posting.person_id, posting.participation_id into found.person_id, found.participation_id from public.credit_postings posting where posting.id = found.posting_id;
  elsif found.participation_id is not null then
    found.person_id := coalesce((select fact.person_id from public.participations fact where fact.id = found.participation_id), found.person_id);
  end if;
  return found;
end $$;

-- What a check found, told for whoever has the region's ledger in sight. Definer: postings and accounts are read by their learners alone.
create function public.credit_offenders(of_check_id bigint)
returns table (invariant text, subject text, kind text, id bigint, person_id bigint, person_name text, home text, may_correct boolean, may_see_records boolean,
  posting_id bigint, seq bigint, posting_kind text, rule_zh text, rule_en text, milli_credits bigint, happened_on date, title text, class_id bigint, session_id bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  named extensions.ltree[] := private.my_unit_paths('names');
  registered extensions.ltree[] := private.my_unit_paths('people');
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if private.region_id() not in (select private.my_units('approval') union select private.my_units('audit')) then perform private.refuse(403, 'post_lacks_sight', '{"sight": "approval"}'); end if;
  if not exists (select from public.credit_checks checked where checked.id = of_check_id) then perform private.refuse(404, 'check_unknown'); end if;
  if named <> '{}' or registered <> '{}' then
    perform private.audit('credit_offenders_seen', 'credit_check', of_check_id::text, private.region_id()) where exists (
      select from public.credit_checks checked where checked.id = of_check_id and checked.found <> '[]');
  end if;
  return query
  select breach.invariant, breach.subject, about.kind, about.id, learner.id, case when home.path operator(extensions.<@) any (named || registered) then learner.name end,
    home.name, coalesce(home.path operator(extensions.<@) any (registered), false), coalesce(home.path operator(extensions.<@) any (named), false),
    about.posting_id, posting.seq, posting.kind, rule.zh, rule.en, posting.milli_credits, private.china_date(coalesce(fact.started_at, posting.occurred_at)),
    coalesce(course.title, private.record_title(fact.id)), entry.register_id, record.session_id
  from public.credit_checks checked
  cross join jsonb_to_recordset(checked.found) as breach (invariant text, subject text)
  cross join lateral private.offender_of(breach.invariant, breach.subject) about
  left join public.persons learner on learner.id = about.person_id
  left join public.units home on home.id = learner.residence_unit_id
  left join public.credit_postings posting on posting.id = about.posting_id
  left join public.credit_rules rule on rule.id = posting.rule_id
  left join public.participations fact on fact.id = about.participation_id
  left join public.courses course on course.id = fact.course_id
  left join lateral (select one.register_id from public.class_register_entries one where one.participation_id = fact.id limit 1) entry on true
  left join lateral (select one.session_id from public.session_records one where one.participation_id = fact.id limit 1) record on true
  where checked.id = of_check_id
  order by breach.invariant, breach.subject;
end $$;
grant execute on function public.credit_offenders(bigint) to authenticated;
