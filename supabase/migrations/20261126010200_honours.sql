-- Honours: levels by what was earned over a lifetime, less what was taken back. Spending and expiry never lower one; a reversal
-- may, with notice. Nothing of this happens while credits are posted: a level is judged when its owner looks, and for
-- everybody else by a job that finds whose postings went on since.

create table public.honour_schemes (
  id integer generated always as identity primary key,
  in_force daterange not null check (not isempty(in_force)),
  entered_by uuid,
  entered_at timestamptz not null default clock_timestamp(),
  constraint honour_schemes_one_in_force exclude using gist (in_force with &&)
);

create table public.honour_levels (
  scheme_id integer not null references public.honour_schemes on delete cascade,
  rank smallint not null check (rank between 1 and 10),
  zh text not null check (length(zh) between 1 and 30),
  en text not null check (length(en) between 1 and 60),
  -- Earned in a lifetime, in all.
  milli_credits bigint not null check (milli_credits between 1 and 1000000000),
  primary key (scheme_id, rank)
);

-- Besides, as much in a subject.
create table public.honour_minima (
  scheme_id integer not null,
  rank smallint not null,
  category_id text not null references public.categories on delete restrict,
  milli_credits bigint not null check (milli_credits between 1 and 1000000000),
  primary key (scheme_id, rank, category_id),
  foreign key (scheme_id, rank) references public.honour_levels on delete cascade
);
create index honour_minima_category_id_idx on public.honour_minima (category_id);

-- What a learner has reached, by the version of the scheme by which it was reached; and up to where their postings were looked at.
create table public.honours (
  person_id bigint primary key references public.persons on delete restrict,
  scheme_id integer,
  rank smallint,
  reached_at timestamptz,
  milli_credits bigint not null default 0,
  seq bigint not null default -1,
  judged_by integer references public.honour_schemes on delete set null,
  foreign key (scheme_id, rank) references public.honour_levels on delete restrict,
  constraint honours_level_whole check (num_nulls(scheme_id, rank, reached_at) in (0, 3))
);
create index honours_level_idx on public.honours (scheme_id, rank);
create index honours_judged_by_idx on public.honours (judged_by);

create table public.honour_events (
  id bigint generated always as identity primary key,
  person_id bigint not null references public.persons on delete restrict,
  kind text not null check (kind in ('reached', 'taken_back')),
  -- The level that was reached or is no longer held.
  scheme_id integer not null,
  rank smallint not null,
  milli_credits bigint not null,
  at timestamptz not null default clock_timestamp(),
  foreign key (scheme_id, rank) references public.honour_levels on delete restrict
);
create index honour_events_person_id_idx on public.honour_events (person_id, id desc);
create index honour_events_level_idx on public.honour_events (scheme_id, rank);
create trigger honour_events_append_only before update or delete on public.honour_events
  for each row execute function private.refuse_change();
create trigger honour_events_not_truncated before truncate on public.honour_events
  for each statement execute function private.refuse_change();

-- What a person agreed to: being named in public with the level. Withdrawn, it takes effect at once.
create table public.honour_consents (
  id bigint generated always as identity primary key,
  person_id bigint not null references public.persons on delete restrict,
  given_at timestamptz not null default clock_timestamp(),
  withdrawn_at timestamptz
);
create index honour_consents_person_id_idx on public.honour_consents (person_id);
create unique index honour_consents_one_open on public.honour_consents (person_id) where withdrawn_at is null;

-- What everybody may read: grown-ups who agreed, and no number of anybody.
create table public.honour_board (
  consent_id bigint primary key references public.honour_consents on delete cascade,
  unit_id integer not null references public.units on delete restrict,
  name text not null,
  scheme_id integer not null,
  rank smallint not null,
  reached_on date not null,
  foreign key (scheme_id, rank) references public.honour_levels on delete restrict
);
create index honour_board_unit_id_idx on public.honour_board (unit_id);
create index honour_board_level_idx on public.honour_board (scheme_id, rank);

alter table public.honour_schemes enable row level security;
alter table public.honour_levels enable row level security;
alter table public.honour_minima enable row level security;
alter table public.honours enable row level security;
alter table public.honour_events enable row level security;
alter table public.honour_consents enable row level security;
alter table public.honour_board enable row level security;
grant select on public.honour_schemes, public.honour_levels, public.honour_minima, public.honour_board to anon, authenticated;
grant select on public.honours, public.honour_events, public.honour_consents to authenticated;
create policy "Visitors read schemes of honours" on public.honour_schemes for select to anon using (true);
create policy "Accounts read schemes of honours" on public.honour_schemes for select to authenticated using (true);
create policy "Visitors read levels" on public.honour_levels for select to anon using (true);
create policy "Accounts read levels" on public.honour_levels for select to authenticated using (true);
create policy "Visitors read what levels ask for" on public.honour_minima for select to anon using (true);
create policy "Accounts read what levels ask for" on public.honour_minima for select to authenticated using (true);
create policy "Visitors read the board of honours" on public.honour_board for select to anon using (true);
create policy "Accounts read the board of honours" on public.honour_board for select to authenticated using (true);
create policy "People read their own level" on public.honours for select to authenticated using (person_id in (select private.my_person_ids()));
create policy "People read the history of their own level" on public.honour_events for select to authenticated using (person_id in (select private.my_person_ids()));
create policy "People read what they agreed to" on public.honour_consents for select to authenticated using (person_id in (select private.my_person_ids()));

-- ── judging ─────────────────────────────────────────────────────────────────────────────────────────────────────────

create function private.honour_scheme() returns integer
language sql stable set search_path = ''
return (select id from public.honour_schemes where in_force @> private.china_date(now()));

-- What learners earned in their lives less what was taken back, by subject; what people decided has none.
create function private.earned_in_life(person_ids bigint[]) returns table (person_id bigint, category_id text, milli_credits bigint)
language sql stable set search_path = ''
begin atomic
  select coalesce(owner.counts_as, owner.id), earned.category_id, sum(earned.milli_credits)::bigint
  from public.persons owner
  cross join lateral (
    select fact.category_id, posting.milli_credits from public.participations fact
    join public.credit_postings posting on posting.participation_id = fact.id and posting.kind in ('award', 'reversal')
    where fact.person_id = owner.id
    union all
    select null, posting.milli_credits from public.credit_postings posting
    where posting.granted_to = owner.id and posting.kind in ('grant', 'reversal')
  ) earned
  where owner.id = any (person_ids) and owner.counts_as is null or owner.counts_as = any (person_ids)
  group by 1, 2;
end;

-- The level that learners hold by their postings: the highest of the scheme in force, or the one that they reached by an earlier
-- scheme as far as they still meet it. A new scheme so takes nothing away.
create function private.levels_by_postings(person_ids bigint[])
returns table (person_id bigint, scheme_id integer, rank smallint, milli_credits bigint, seq bigint, judged_by integer)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  scheme integer := private.honour_scheme();
begin
  return query
  with earned as materialized (
    select * from private.earned_in_life(person_ids)
  ), lifetime as materialized (
    select learner.person_id, learner.seq, coalesce((select sum(one.milli_credits) from earned one where one.person_id = learner.person_id), 0)::bigint as milli_credits,
      held.scheme_id as held_scheme, held.rank as held_rank
    from public.credit_learners learner left join public.honours held on held.person_id = learner.person_id
    where learner.person_id = any (person_ids)
  ), met as (
    select lifetime.person_id, level.scheme_id, level.rank, level.scheme_id = lifetime.held_scheme as is_held
    from lifetime
    join public.honour_levels level on level.milli_credits <= lifetime.milli_credits
      and (level.scheme_id = scheme or level.scheme_id = lifetime.held_scheme and level.rank <= lifetime.held_rank)
    where not exists (
      select from public.honour_minima least_ where least_.scheme_id = level.scheme_id and least_.rank = level.rank and least_.milli_credits > coalesce((
        select one.milli_credits from earned one where one.person_id = lifetime.person_id and one.category_id = least_.category_id), 0))
  ), best as (
    select distinct on (met.person_id) met.person_id, met.scheme_id, met.rank from met order by met.person_id, met.rank desc, met.is_held desc, met.scheme_id
  )
  select lifetime.person_id, best.scheme_id, best.rank, lifetime.milli_credits, lifetime.seq, scheme from lifetime left join best on best.person_id = lifetime.person_id;
end $$;

-- Judges learners and writes down what they reached or no longer hold; a certificate goes with it, and is revoked with it. Returns
-- how many levels changed.
create function private.judge_honours(person_ids bigint[]) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  event record;
  changed bigint[] := '{}';
begin
  insert into public.honours (person_id) select one.id from unnest(person_ids) as one (id)
    where exists (select from public.credit_learners learner where learner.person_id = one.id)
      and not exists (select from public.persons person where person.id = one.id and person.counts_as is not null) order by one.id
  on conflict do nothing;
  -- Whoever judges the same learners at once waits here, and then finds it done.
  perform from public.honours held where held.person_id = any (person_ids) order by held.person_id for update;
  for event in
    with judged as materialized (
      select now_.*, held.scheme_id as held_scheme, held.rank as held_rank, held.reached_at
      from private.levels_by_postings(person_ids) now_ join public.honours held on held.person_id = now_.person_id
    ), written as (
      update public.honours held set scheme_id = judged.scheme_id, rank = judged.rank, milli_credits = judged.milli_credits, seq = judged.seq, judged_by = judged.judged_by,
        reached_at = case when judged.rank is null then null when (judged.scheme_id, judged.rank) is not distinct from (judged.held_scheme, judged.held_rank)
          then judged.reached_at else clock_timestamp() end
      from judged where held.person_id = judged.person_id
    ), told as (
      insert into public.honour_events (person_id, kind, scheme_id, rank, milli_credits)
      select person_id, 'reached', scheme_id, rank, milli_credits from judged where coalesce(rank, 0) > coalesce(held_rank, 0)
      union all
      select person_id, 'taken_back', held_scheme, held_rank, milli_credits from judged where coalesce(rank, 0) < coalesce(held_rank, 0)
      returning *
    )
    select told.id, told.kind, told.person_id, told.milli_credits, told.at, level.zh, level.en, coalesce(judged.rank, 0) as rank from told
    join judged on judged.person_id = told.person_id
    join public.honour_levels level on level.scheme_id = told.scheme_id and level.rank = told.rank order by told.person_id
  loop
    changed := changed || event.person_id;
    if event.kind = 'reached' then
      perform private.want_credential('honour', event.person_id, event.id::text, private.region_id(),
        jsonb_build_object('title', event.zh, 'titleEn', event.en, 'milliCredits', event.milli_credits, 'finishedOn', private.china_date(event.at)));
    else
      perform private.revoke_credential(credential.id, 'honour_taken_back') from public.honour_events earlier
        join public.credentials credential on credential.kind = 'honour' and credential.subject_id = earlier.id::text and credential.revoked_at is null
        where earlier.person_id = event.person_id and earlier.kind = 'reached' and earlier.rank > event.rank;
    end if;
  end loop;
  if changed <> '{}' then perform private.show_on_board(changed); end if;
  return cardinality(changed);
end $$;

-- A step of the job: up to a thousand learners whose postings, or whose scheme, went on since they were judged. Returns how many
-- there were.
create function private.judge_waiting_honours() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  waiting bigint[];
begin
  select array_agg(one.person_id) into waiting from (
    select learner.person_id from public.credit_learners learner
    left join public.honours held on held.person_id = learner.person_id
    join public.persons person on person.id = learner.person_id and person.counts_as is null
    where learner.seq > 0 and (held.seq is distinct from learner.seq or held.judged_by is distinct from private.honour_scheme())
    order by learner.person_id limit 1000
  ) one;
  if waiting is null then return 0; end if;
  perform private.judge_honours(waiting);
  return cardinality(waiting);
end $$;

-- Names on the board whoever came of age since. Returns how many are on it.
create function private.renew_honour_board() returns integer
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.show_on_board(array(select consent.person_id from public.honour_consents consent where consent.withdrawn_at is null));
  return (select count(*) from public.honour_board);
end $$;
grant execute on function private.judge_waiting_honours(), private.renew_honour_board() to job_server;

-- ── in public ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- Whether somebody is surely grown up: a birth year alone leaves a year open. Unknown is not.
create function private.is_surely_adult(birth_year integer) returns boolean
language sql stable set search_path = ''
return coalesce(private.china_year(now()) - birth_year >= 19, false);

-- What the board should say of persons.
create function private.honour_board_of(person_ids bigint[]) returns setof public.honour_board
language sql stable set search_path = ''
begin atomic
  select consent.id, person.residence_unit_id, person.name, held.scheme_id, held.rank, private.china_date(held.reached_at)
  from public.honour_consents consent
  join public.persons person on person.id = consent.person_id and person.counts_as is null and private.is_surely_adult(person.birth_year)
  join public.honours held on held.person_id = person.id and held.rank is not null
  where consent.withdrawn_at is null and consent.person_id = any (person_ids);
end;

create function private.show_on_board(person_ids bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
begin
  -- Held while it is written: who withdraws at this moment waits, and then takes the name off again.
  perform from public.honour_consents consent where consent.person_id = any (person_ids) and consent.withdrawn_at is null order by consent.id for update;
  delete from public.honour_board shown using public.honour_consents consent where consent.id = shown.consent_id and consent.person_id = any (person_ids);
  insert into public.honour_board select * from private.honour_board_of(person_ids) on conflict do nothing;
end $$;

-- The board follows name, home, birth year and merges of whoever is on it, and honours are judged anew after a merge.
create function private.follow_person_on_board() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  kept_id bigint := coalesce(new.counts_as, old.counts_as);
begin
  if old.counts_as is distinct from new.counts_as then
    if new.counts_as is not null then delete from public.honours held where held.person_id = new.id; end if;
    update public.honours held set seq = -1 where held.person_id in (kept_id, new.id);
  end if;
  if exists (select from public.honour_consents consent where consent.person_id in (new.id, kept_id)) then
    perform private.show_on_board(array[new.id, kept_id]);
  end if;
  return null;
end $$;
create trigger persons_follow_board after update of name, residence_unit_id, birth_year, counts_as on public.persons
  for each row when (old.counts_as is distinct from new.counts_as or old.name is distinct from new.name
    or old.residence_unit_id is distinct from new.residence_unit_id or old.birth_year is distinct from new.birth_year)
  execute function private.follow_person_on_board();

-- Agrees to be named in public, or no longer. Who is not surely grown up can't.
create function public.set_honour_consent(gives boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  me bigint := private.my_person_id();
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if me is null then perform private.refuse(403, 'person_needed'); end if;
  if gives is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if gives then
    if not private.is_surely_adult((select person.birth_year from public.persons person where person.id = me)) then perform private.refuse(409, 'not_grown_up'); end if;
    insert into public.honour_consents (person_id) values (me) on conflict do nothing;
  else
    update public.honour_consents consent set withdrawn_at = clock_timestamp()
      where consent.person_id in (select private.rows_of_person(me)) and consent.withdrawn_at is null;
  end if;
  perform private.show_on_board(array(select private.rows_of_person(me)));
end $$;
grant execute on function public.set_honour_consent(boolean) to authenticated;

-- The board of a place and all below it: the highest level first, in each whoever reached it first. Places: null for the region.
create function public.honours_of_place(unit_code text, page_size integer default 50, skip integer default 0)
returns table (name text, home text, rank smallint, zh text, en text, reached_on date, total bigint)
language sql stable set search_path = ''
begin atomic
  select shown.name, home.name, shown.rank, level.zh, level.en, shown.reached_on, count(*) over ()
  from public.units place
  join public.units home on home.path operator(extensions.<@) place.path
  join public.honour_board shown on shown.unit_id = home.id
  join public.honour_levels level on level.scheme_id = shown.scheme_id and level.rank = shown.rank
  where case when unit_code is null then place.parent_id is null else place.code = unit_code end
  order by shown.rank desc, shown.reached_on, shown.consent_id
  limit least(page_size, 200) offset skip;
end;
grant execute on function public.honours_of_place(text, integer, integer) to anon, authenticated;

-- Where the asking person stands, judged now if something was posted since: level, lifetime by subject, what the levels ask for,
-- history, and whether they are named in public. Volatile, for the first look after a change writes it down.
create function public.my_honours() returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  me bigint := private.my_person_id();
  held public.honours;
  birth smallint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if me is null then perform private.refuse(403, 'person_needed'); end if;
  select * into held from public.honours one where one.person_id = me;
  if exists (select from public.credit_learners learner where learner.person_id = me
      and (held.seq is distinct from learner.seq or held.judged_by is distinct from private.honour_scheme())) then
    perform private.judge_honours(array[me]);
    select * into held from public.honours one where one.person_id = me;
  end if;
  select person.birth_year into birth from public.persons person where person.id = me;
  return jsonb_build_object(
    'rank', held.rank, 'reachedAt', held.reached_at, 'milliCredits', coalesce(held.milli_credits, 0),
    'held', (select jsonb_build_object('zh', level.zh, 'en', level.en) from public.honour_levels level where level.scheme_id = held.scheme_id and level.rank = held.rank),
    'earned', (select coalesce(jsonb_object_agg(one.category_id, one.milli_credits), '{}') from private.earned_in_life(array[me]) one where one.category_id is not null),
    'levels', (select coalesce(jsonb_agg(jsonb_build_object('rank', level.rank, 'zh', level.zh, 'en', level.en, 'milliCredits', level.milli_credits, 'minima', (
        select coalesce(jsonb_agg(jsonb_build_object('category', least_.category_id, 'zh', category.zh, 'en', category.en, 'milliCredits', least_.milli_credits) order by category.position), '[]')
        from public.honour_minima least_ join public.categories category on category.id = least_.category_id
        where least_.scheme_id = level.scheme_id and least_.rank = level.rank)) order by level.rank), '[]')
      from public.honour_levels level where level.scheme_id = private.honour_scheme()),
    'events', (select coalesce(jsonb_agg(jsonb_build_object('kind', event.kind, 'rank', event.rank, 'zh', level.zh, 'en', level.en, 'at', event.at, 'milliCredits', event.milli_credits)
        order by event.id desc), '[]')
      from public.honour_events event join public.honour_levels level on level.scheme_id = event.scheme_id and level.rank = event.rank
      where event.person_id in (select private.rows_of_person(me))),
    'mayBeNamed', private.is_surely_adult(birth),
    'isNamed', exists (select from public.honour_consents consent where consent.person_id = me and consent.withdrawn_at is null),
    -- A credit is worth about so many lessons: the usual minutes of one at today's rate.
    'milliCreditsOfLesson', (
      select round(avg(lesson.minutes) * version.milli_credits / version.per_minutes) from public.credit_rule_versions version
      cross join public.lessons lesson join public.courses course on course.id = lesson.course_id and course.status = 'published' and course.kind = 'course'
      where version.rule_id = 'lesson_completed' and version.basis = 'minutes' and version.in_force @> private.china_date(now())
      group by version.milli_credits, version.per_minutes));
end $$;
grant execute on function public.my_honours() to authenticated;

-- ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Puts a scheme in force from a day on, today or later; the one before ends the day before. Levels: a list of
-- {zh, en, milliCredits, minima: [{category, milliCredits}]}, the lowest first, each asking for more than the one before.
create function public.save_honour_scheme(from_day date, levels jsonb) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  later public.honour_schemes;
  scheme integer;
  level jsonb;
  place integer := 0;
  before numeric := 0;
  field text;
begin
  perform private.require_sight(private.region_id(), 'approval');
  lock table public.honour_schemes in share row exclusive mode;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  if jsonb_typeof(levels) is distinct from 'array' or jsonb_array_length(levels) not between 1 and 10 then perform private.refuse(422, 'levels_missing', '{"field": "levels"}'); end if;
  select * into later from public.honour_schemes one where lower(one.in_force) >= from_day order by one.in_force limit 1;
  if found then perform private.refuse(409, 'scheme_follows', jsonb_build_object('field', 'fromDay', 'day', lower(later.in_force))); end if;
  update public.honour_schemes one set in_force = daterange(lower(one.in_force), from_day) where one.in_force @> from_day;
  insert into public.honour_schemes (in_force, entered_by) values (daterange(from_day, null), auth.uid()) returning id into scheme;
  for level in select * from jsonb_array_elements(levels) loop
    place := place + 1;
    field := 'zh.' || place;
    if (length(trim(level ->> 'zh')) between 1 and 30) is not true then perform private.refuse(422, 'name_missing', jsonb_build_object('field', field)); end if;
    if (length(trim(level ->> 'en')) between 1 and 60) is not true then perform private.refuse(422, 'name_missing', jsonb_build_object('field', 'en.' || place)); end if;
    if ((level ->> 'milliCredits')::numeric between 1 and 1000000000 and (level ->> 'milliCredits')::numeric % 1 = 0) is not true then
      perform private.refuse(422, 'level_invalid', jsonb_build_object('field', 'credits.' || place));
    end if;
    if (level ->> 'milliCredits')::numeric <= before then perform private.refuse(422, 'levels_not_rising', jsonb_build_object('field', 'credits.' || place)); end if;
    before := (level ->> 'milliCredits')::numeric;
    insert into public.honour_levels (scheme_id, rank, zh, en, milli_credits) values (scheme, place, trim(level ->> 'zh'), trim(level ->> 'en'), before);
    if exists (select from jsonb_to_recordset(coalesce(level -> 'minima', '[]')) as least_ (category text, "milliCredits" numeric)
        where (least_."milliCredits" between 1 and before and least_."milliCredits" % 1 = 0) is not true
          or not exists (select from public.categories category where category.id = least_.category)) then
      perform private.refuse(422, 'minimum_invalid', jsonb_build_object('field', 'credits.' || place));
    end if;
    insert into public.honour_minima (scheme_id, rank, category_id, milli_credits)
    select scheme, place, least_.category, max(least_."milliCredits") from jsonb_to_recordset(coalesce(level -> 'minima', '[]')) as least_ (category text, "milliCredits" numeric)
    group by least_.category;
  end loop;
  perform private.audit('honour_scheme_saved', 'honour_scheme', scheme::text, private.region_id(), jsonb_build_object('from', from_day, 'levels', place));
  return scheme;
end $$;
grant execute on function public.save_honour_scheme(date, jsonb) to authenticated;

-- Takes back a scheme that is not in force yet; the one before goes on.
create function public.withdraw_honour_scheme(scheme_id integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  scheme public.honour_schemes;
begin
  perform private.require_sight(private.region_id(), 'approval');
  lock table public.honour_schemes in share row exclusive mode;
  select * into scheme from public.honour_schemes one where one.id = withdraw_honour_scheme.scheme_id;
  if not found then perform private.refuse(404, 'scheme_unknown'); end if;
  if coalesce(lower(scheme.in_force) <= private.china_date(now()), true) then perform private.refuse(409, 'scheme_in_force'); end if;
  delete from public.honour_schemes one where one.id = scheme.id;
  update public.honour_schemes before set in_force = daterange(lower(before.in_force), upper(scheme.in_force)) where upper(before.in_force) = lower(scheme.in_force);
  perform private.audit('honour_scheme_withdrawn', 'honour_scheme', scheme.id::text, private.region_id(), jsonb_build_object('from', lower(scheme.in_force)));
end $$;
grant execute on function public.withdraw_honour_scheme(integer) to authenticated;

-- Who holds which level at a place and below, for a ceremony: from a rank up, reached in some days, by part of a name. Definer: a
-- level is read by its owner only, the list by whoever sees names there.
create function public.honoured_people(in_unit_id integer, from_rank integer, from_day date, until_day date, query text, page_size integer, skip integer)
returns table (person_id bigint, name text, birth_year smallint, home text, rank smallint, zh text, en text, reached_at timestamptz, milli_credits bigint, is_named boolean, total bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'names');
  return query
  select person.id, person.name, person.birth_year, home.name, held.rank, level.zh, level.en, held.reached_at, held.milli_credits,
    exists (select from public.honour_consents consent where consent.person_id = person.id and consent.withdrawn_at is null), count(*) over ()
  from public.units place
  join public.units home on home.path operator(extensions.<@) place.path
  join public.persons person on person.residence_unit_id = home.id and person.counts_as is null
  join public.honours held on held.person_id = person.id and held.rank >= coalesce(from_rank, 1)
  join public.honour_levels level on level.scheme_id = held.scheme_id and level.rank = held.rank
  where place.id = in_unit_id
    and (from_day is null or private.china_date(held.reached_at) >= from_day) and (until_day is null or private.china_date(held.reached_at) <= until_day)
    and (coalesce(query, '') = '' or strpos(person.name, query) > 0)
  order by held.rank desc, held.reached_at, person.id
  limit least(page_size, 5000) offset skip;
end $$;
grant execute on function public.honoured_people(integer, integer, date, date, text, integer, integer) to authenticated;

-- ── what must always hold ───────────────────────────────────────────────────────────────────────────────────────────

-- A stored level is what the postings give, the history leads to it, and the board names those it may and no other.
create function private.credit_faults_of_honours() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
begin
  return query
  select 'honour_is_earned', held.person_id::text from public.honours held
  join public.credit_learners learner on learner.person_id = held.person_id and learner.seq = held.seq
  join private.levels_by_postings(array(select one.person_id from public.honours one)) now_ on now_.person_id = held.person_id
  where held.judged_by is not distinct from private.honour_scheme()
    and (held.scheme_id, held.rank, held.milli_credits) is distinct from (now_.scheme_id, now_.rank, now_.milli_credits)
  union all
  select 'honour_has_history', held.person_id::text from public.honours held
  where held.rank is not null and not exists (select from public.honour_events event where event.person_id = held.person_id and event.kind = 'reached')
  union all
  select 'board_names_consenting_adults', shown.consent_id::text from public.honour_board shown
  left join private.honour_board_of(array(select consent.person_id from public.honour_consents consent)) right_ on right_.consent_id = shown.consent_id
  where (shown.unit_id, shown.name, shown.scheme_id, shown.rank, shown.reached_on) is distinct from
    (right_.unit_id, right_.name, right_.scheme_id, right_.rank, right_.reached_on);
end $$;

-- The levels of a region that has set none: what the desk then changes.
insert into public.honour_schemes (in_force) values (daterange(null, null));
insert into public.honour_levels (scheme_id, rank, zh, en, milli_credits)
select scheme.id, level.rank, level.zh, level.en, level.milli_credits from public.honour_schemes scheme cross join (values
  (1, '启航学员', 'Setting out', 500), (2, '勤学学员', 'Keen learner', 2000), (3, '乐学达人', 'Devoted learner', 5000),
  (4, '学习标兵', 'Example to others', 12000), (5, '终身学习之星', 'Star of lifelong learning', 30000)
) level (rank, zh, en, milli_credits);
