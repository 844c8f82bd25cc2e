-- Credentials at the desk, and what is published of them.

-- Credentials issued in a unit or to people who lived there, the newest first, as far as the asking account sees names.
-- Filters that are null hold nothing back; `asked` is a code, or part of a name.
create function public.credentials_at_desk(in_unit_id integer, of_kind text, of_title text, asked text, from_day date, to_day date, only_live boolean,
  page_size integer, skip integer)
returns table (id bigint, kind text, code text, snapshot jsonb, issued_at timestamptz, signed boolean, revoked_at timestamptz, revoked_reason text, revoked_words text,
  lifted_at timestamptz, may_revoke boolean, total bigint)
language sql stable set search_path = ''
begin atomic
  with inside as materialized (
    select place.id from public.units above join public.units place on place.path operator(extensions.<@) above.path where above.id = in_unit_id
  )
  select credential.id, credential.kind, credential.code, credential.snapshot, credential.issued_at, credential.document is not null, credential.revoked_at,
    credential.revoked_reason, credential.revoked_words, credential.lifted_at, credential.unit_id in (select private.my_units('approval')), count(*) over ()
  from public.credentials credential
  where (credential.unit_id in (select inside.id from inside) or credential.home_unit_id in (select inside.id from inside))
    and (of_kind is null or credential.kind = of_kind)
    and (of_title is null or credential.snapshot ->> 'title' = of_title)
    and (asked is null or credential.code = upper(replace(asked, '-', '')) or strpos(credential.snapshot ->> 'name', asked) > 0)
    and (from_day is null or private.china_date(credential.issued_at) >= from_day)
    and (to_day is null or private.china_date(credential.issued_at) <= to_day)
    and (not only_live or credential.revoked_at is null)
  order by credential.issued_at desc, credential.id desc limit least(page_size, 500) offset skip;
end;

-- What certificates of a unit were issued for, the most frequent first: to choose from.
create function public.credential_titles(in_unit_id integer) returns table (kind text, title text, issued bigint)
language sql stable set search_path = ''
begin atomic
  with inside as materialized (
    select place.id from public.units above join public.units place on place.path operator(extensions.<@) above.path where above.id = in_unit_id
  )
  select credential.kind, credential.snapshot ->> 'title', count(*)
  from public.credentials credential
  where (credential.unit_id in (select inside.id from inside) or credential.home_unit_id in (select inside.id from inside))
    and credential.revoked_at is null and credential.kind <> 'transcript'
  group by 1, 2 order by 3 desc, 2 limit 200;
end;
grant execute on function public.credentials_at_desk(integer, text, text, text, date, date, boolean, integer, integer), public.credential_titles(integer) to authenticated;

-- The keys of seals from before keys were kept, as they are written there (hexadecimal). Of a later seal the key is kept by the
-- server that signs it: a row that somebody slipped in among the seals makes no key of this site.
create table private.former_seal_keys (public_key text primary key);
alter table private.former_seal_keys enable row level security;
insert into private.former_seal_keys (public_key) select distinct seal.public_key from public.credit_seals seal;

-- Keeps the key that the server signs with.
create function private.keep_signing_key(public_key text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into public.credential_keys (public_key) values (keep_signing_key.public_key) on conflict do nothing;
end $$;

-- The keys that this site signed credentials and seals with.
create function private.signing_keys() returns table (multikey text, hex text)
language sql stable security definer set search_path = ''
begin atomic
  select used.public_key, null from public.credential_keys used
  union all
  select null, former.public_key from private.former_seal_keys former;
end;

-- What anybody may keep a copy of, as files below the site's address: status lists, and the seals after one that is there.
create function private.published_files(after_seal bigint) returns table (path text, body jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select 'credentials/status/' || list.id || '.json', list.document from public.credential_status_lists list where list.document is not null
  union all
  select 'seals/' || seal.id || '.json', to_jsonb(seal) from public.credit_seals seal where seal.id > after_seal;
end;
grant execute on function private.signing_keys(), private.keep_signing_key(text), private.published_files(bigint) to job_server;

-- The rows of the asking person, for routes that show one's own among what staff see.
create function public.my_rows() returns setof bigint
language sql stable set search_path = ''
begin atomic
  select private.my_person_ids();
end;
grant execute on function public.my_rows() to authenticated;

-- Who issues for the whole region: the teaching unit at its top, as the site names it; the region itself where there is none.
create function private.region_host() returns integer
language sql stable set search_path = ''
return coalesce((
  select unit.id from public.units unit join public.unit_kinds kind on kind.id = unit.kind_id and kind.nature = 'teaching'
  where unit.parent_id = private.region_id() and private.open_on(unit.opened_on, unit.closed_on, private.china_date(now())) order by unit.id limit 1), private.region_id());

-- A certificate bears the day on which its course was finished, also where it is made later.
create or replace function private.want_course_credential(of_person_id bigint, of_course_id bigint) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  course record;
  done record;
  grounds bigint[];
begin
  -- Most of those who are looked at have not finished, and need not be waited for.
  if private.course_grounds(of_person_id, of_course_id) is null then return null; end if;
  perform private.hold_learner(of_person_id);
  grounds := private.course_grounds(of_person_id, of_course_id);
  if grounds is null then return null; end if;
  select one.id, one.title, one.summary, coalesce(one.host_unit_id, private.region_host()) as unit_id into course
    from public.courses one where one.id = of_course_id and one.kind = 'course';
  if not found then return null; end if;
  select sum(award.asked_minutes) as minutes, sum(award.milli_credits) as milli_credits, max(fact.ended_at) as finished_at into done
    from public.credit_postings award join public.participations fact on fact.id = award.participation_id where award.id = any (grounds);
  return private.want_credential('course', of_person_id, course.id::text, course.unit_id,
    jsonb_build_object('title', course.title, 'summary', course.summary, 'lessons', cardinality(grounds), 'minutes', done.minutes,
      'milliCredits', done.milli_credits, 'finishedOn', private.china_date(done.finished_at)), grounds, done.finished_at);
end $$;

-- Wants a transcript of all that the asking person holds today; where nothing changed it is the one of before.
create or replace function public.request_transcript() returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  holder bigint := private.my_person_id();
  listed bigint[];
  grounds bigint[];
  years jsonb;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if holder is null then perform private.refuse(403, 'person_needed'); end if;
  -- What is revoked or taken back in this moment is waited for.
  perform private.hold_learner(holder);
  select array_agg(credential.id order by credential.id) into listed from public.credentials credential
    where credential.person_id in (select private.my_person_ids()) and credential.revoked_at is null and credential.kind <> 'transcript';
  if listed is null then perform private.refuse(409, 'no_certificates_yet'); end if;
  select coalesce(array_agg(distinct ground.posting_id), '{}') into grounds from public.credential_grounds ground where ground.credential_id = any (listed);
  select jsonb_agg(jsonb_build_object('year', one.year, 'minutes', one.minutes, 'milliCredits', one.milli_credits) order by one.year) into years from (
    select extract(year from posting.counted_on)::integer as year, sum(posting.minutes) as minutes, sum(posting.milli_credits) as milli_credits
    from public.credit_postings posting where posting.person_id in (select private.my_person_ids()) and posting.kind in ('award', 'grant', 'reversal')
    group by 1 having sum(posting.minutes) <> 0 or sum(posting.milli_credits) <> 0) one;
  return private.want_credential('transcript', holder, md5(jsonb_build_array(to_jsonb(listed), years)::text), private.region_host(),
    jsonb_build_object('title', '学习成绩单', 'titleEn', 'Learning transcript', 'includes', to_jsonb(listed), 'years', coalesce(years, '[]'::jsonb)), grounds);
end $$;

-- A credential that the asking account may decide on, with its learner's place in line held before it.
create function private.hold_credential(credential_id bigint) returns public.credentials
language plpgsql volatile set search_path = '' as $$
declare
  credential public.credentials;
begin
  select * into credential from public.credentials one where one.id = hold_credential.credential_id
    and (one.unit_id in (select private.my_units('approval')) or one.home_unit_id in (select private.my_units('names')));
  if not found then perform private.refuse(404, 'credential_unknown'); end if;
  perform private.require_sight(credential.unit_id, 'approval');
  perform private.hold_learner(credential.person_id);
  select * into credential from public.credentials one where one.id = hold_credential.credential_id for update;
  return credential;
end $$;

-- Revokes a credential at the desk, with a reason that whoever checks it reads.
create or replace function public.revoke_credential(credential_id bigint, words text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  credential public.credentials := private.hold_credential(revoke_credential.credential_id);
begin
  if (length(trim(revoke_credential.words)) between 4 and 200) is not true then perform private.refuse(422, 'revocation_reason_missing', '{"field": "reason"}'); end if;
  if credential.revoked_at is not null then perform private.refuse(409, 'credential_revoked', '{"field": "reason"}'); end if;
  perform private.revoke_credential(credential.id, 'desk_decision', trim(revoke_credential.words));
  perform private.audit('credential_revoked', 'credential', credential.id::text, credential.unit_id, jsonb_build_object('kind', credential.kind));
end $$;

-- Courses whose certificate was revoked with an award: the award may have been replaced by another in the same correction. The
-- job looks at them a minute later.
create table private.credential_marks (
  person_id bigint not null references public.persons on delete restrict,
  course_id bigint not null references public.courses on delete restrict,
  primary key (person_id, course_id)
);
create index credential_marks_course_id_idx on private.credential_marks (course_id);
alter table private.credential_marks enable row level security;

create or replace function private.follow_reversal() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.revoke_credential(ground.credential_id, 'ground_reversed') from public.credential_grounds ground where ground.posting_id = new.reverses;
  insert into private.credential_marks (person_id, course_id)
  select credential.person_id, credential.subject_id::bigint from public.credential_grounds ground join public.credentials credential on credential.id = ground.credential_id
  where ground.posting_id = new.reverses and credential.kind = 'course' on conflict do nothing;
  return null;
end $$;

-- Wants anew what stands on other awards now. A mark goes when its learner is held: whoever corrects holds the learner and then
-- leaves the mark. Returns how many courses were looked at.
create function private.want_marked_credentials(at_most integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  marked record;
  seen integer := 0;
begin
  for marked in
    select one.person_id, one.course_id from private.credential_marks one order by private.credit_learner(one.person_id), one.person_id, one.course_id limit at_most
  loop
    perform private.hold_learner(marked.person_id);
    delete from private.credential_marks mark where mark.person_id = marked.person_id and mark.course_id = marked.course_id;
    if not found then continue; end if;
    perform private.want_course_credential(marked.person_id, marked.course_id);
    seen := seen + 1;
  end loop;
  return seen;
end $$;
grant execute on function private.want_marked_credentials(integer) to job_server;

-- Every finished course without a certificate, for the night: those finished before there were any. What has one is passed over at
-- one look; only what is left is counted lesson by lesson.
create or replace function private.want_course_credentials(at_most integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  finished record;
  wanted integer := 0;
begin
  for finished in
    with without as materialized (
      select enrolment.person_id, enrolment.course_id, enrolment.completed_at, coalesce(person.counts_as, person.id) as learner_id
      from public.enrolments enrolment
      join public.courses course on course.id = enrolment.course_id and course.kind = 'course'
      join public.persons person on person.id = enrolment.person_id
      where enrolment.completed_at is not null and not exists (
        select from public.credentials credential join public.persons holder on holder.id = credential.person_id
        where credential.kind = 'course' and credential.revoked_at is null and credential.subject_id = enrolment.course_id::text
          and coalesce(holder.counts_as, holder.id) = coalesce(person.counts_as, person.id))
    )
    -- Learners are held in the order of their numbers, as by a class.
    select due.person_id, due.course_id from (
      select without.person_id, without.course_id, without.learner_id from without
      cross join lateral (select private.course_grounds(without.person_id, without.course_id) as grounds) stand
      where stand.grounds is not null and private.desk_revocation('course', without.course_id::text, without.learner_id, stand.grounds) is null and not exists (
        select from public.credentials revoked join public.persons holder on holder.id = revoked.person_id
        where revoked.kind = 'course' and revoked.subject_id = without.course_id::text and coalesce(holder.counts_as, holder.id) = without.learner_id
          and revoked.lifted_at is null and revoked.revoked_reason <> 'merge_undone'
          and not exists (select from unnest(stand.grounds) one where not exists (
            select from public.credential_grounds ground where ground.credential_id = revoked.id and ground.posting_id = one)))
      order by without.completed_at, without.person_id limit at_most
    ) due order by due.learner_id, due.course_id
  loop
    perform private.want_course_credential(finished.person_id, finished.course_id);
    wanted := wanted + 1;
  end loop;
  return wanted;
end $$;
