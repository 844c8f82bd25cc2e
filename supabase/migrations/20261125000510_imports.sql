-- Imports: a file of persons, facts, populations or units on its way in. What the file says is staged row by row, checked
-- as a set, shown, and then applied in one transaction, all of it or the good rows, as chosen. An import can be taken back
-- whole. The file itself stays on the server's disk; phone and ID numbers reach the database only sealed.

create table public.imports (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('participation', 'persons', 'populations', 'units')),
  unit_id integer not null references public.units on delete restrict,
  state text not null default 'mapping' check (state in ('mapping', 'checking', 'checked', 'applying', 'applied', 'taking_back', 'taken_back', 'failed')),
  file_name text not null check (length(file_name) between 1 and 120),
  file_sha256 text not null check (file_sha256 ~ '^[0-9a-f]{64}$'),
  file_bytes integer not null check (file_bytes > 0),
  format text not null check (format in ('csv', 'xlsx')),
  encoding text,
  sheet text,
  folder uuid not null unique,
  headings text[] not null,
  heading_line integer not null,
  columns jsonb not null default '{}',
  fixed jsonb not null default '{}',
  register_persons boolean not null default false,
  good_only boolean,
  counts jsonb not null default '{}',
  result jsonb,
  problem jsonb,
  created_by uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  checked_at timestamptz,
  applied_at timestamptz,
  taken_back_at timestamptz,
  taken_back_by uuid
);
comment on column public.imports.folder is 'Where the file lies below the server''s data folder.';
comment on column public.imports.columns is 'Field of the kind → column of the file, from 0.';
comment on column public.imports.fixed is 'Fields said once for all rows, as typed.';
comment on column public.imports.problem is 'Why it failed: {code, details}.';
create index imports_unit_id_idx on public.imports (unit_id, id desc);
create index imports_created_by_idx on public.imports (created_by);
create index imports_file_idx on public.imports (file_sha256, kind);

alter table public.imports enable row level security;
grant select on public.imports to authenticated;
create policy "Imports are read by who made them and by those who may make them there" on public.imports for select to authenticated
  using (created_by = (select auth.uid())
    or kind in ('participation', 'persons') and unit_id in (select private.my_units('people'))
    or kind = 'populations' and unit_id in (select private.my_units('populations'))
    or kind = 'units' and unit_id in (select private.my_units('network')));

-- Which columns were chosen last for the same headings, by unit and kind.
create table private.import_columns (
  unit_id integer not null references public.units on delete cascade,
  kind text not null,
  headings text[] not null,
  columns jsonb not null,
  fixed jsonb not null,
  at timestamptz not null default clock_timestamp(),
  primary key (unit_id, kind, headings)
);

-- How far a job is. Apart from the import, whose row belongs to the transaction that applies it.
create table private.import_progress (
  import_id bigint primary key references public.imports on delete cascade,
  phase text not null check (phase in ('reading', 'checking', 'writing', 'taking_back')),
  done integer not null,
  total integer,
  began_at timestamptz not null,
  at timestamptz not null
);

-- A row of the file as it was understood, and what was found out about it.
create table private.import_rows (
  import_id bigint not null references public.imports on delete cascade,
  line integer not null,
  -- who
  name text,
  sex text,
  birth_year smallint,
  residence_unit_id integer,
  id_lookup bytea,
  phone_lookup bytea,
  card text,
  contacts jsonb,
  pinyin text,
  initials text,
  groups text[],
  group_source text,
  guardian_id_lookup bytea,
  guardian_phone_lookup bytea,
  -- what
  started_at timestamptz,
  ended_at timestamptz,
  hours numeric(6, 2),
  category_id text,
  kind text,
  form text,
  host_unit_id integer,
  department text,
  programme text,
  role text,
  -- a population, or a unit
  unit_id integer,
  details jsonb,
  -- found out
  state text not null default 'read' check (state in ('read', 'refused', 'known', 'repeated', 'good')),
  person_id bigint,
  candidates integer,
  newcomer text,
  key text,
  primary key (import_id, line)
);

-- Why a row is not taken. The value itself stays in the file.
create table private.import_refusals (
  import_id bigint not null references public.imports on delete cascade,
  line integer not null,
  field text,
  code text not null check (code ~ '^[a-z_]+$'),
  details jsonb not null default '{}',
  -- Said by the file alone, or by what is in the database at the time.
  by_file boolean not null
);
create index import_refusals_import_id_idx on private.import_refusals (import_id, line);

-- What an import made, so that it can be taken back: persons and their group entries, versions of populations, units. Facts carry the import themselves.
create table private.import_effects (
  import_id bigint not null references public.imports on delete cascade,
  what text not null check (what in ('person', 'group', 'population', 'unit')),
  subject_id bigint not null,
  details jsonb not null default '{}',
  primary key (import_id, what, subject_id, details)
);

-- No row-level security on these two: COPY does not go with it, and no role but that of the jobs comes near.
grant select, insert on private.import_rows, private.import_refusals to job_server;
alter table private.import_columns enable row level security;
alter table private.import_progress enable row level security;
alter table private.import_effects enable row level security;

-- ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

alter table public.participations add column import_id bigint references public.imports on delete restrict;
comment on column public.participations.import_id is 'The import that brought the fact in.';
create index participations_import_id_idx on public.participations (import_id) where import_id is not null;

-- A fact costs an entry in every index. Those of columns that most facts leave empty hold only the others; a home is found
-- by (home, moment) as well as by (home, year).
drop index public.participations_course_id_idx, public.participations_lesson_id_idx, public.participations_guardian_id_idx,
  public.participations_residence_unit_id_idx;
create index participations_course_id_idx on public.participations (course_id) where course_id is not null;
create index participations_lesson_id_idx on public.participations (lesson_id) where lesson_id is not null;
create index participations_guardian_id_idx on public.participations (guardian_id) where guardian_id is not null;
alter table public.participations drop constraint participations_corrects_key;
create unique index participations_corrects_key on public.participations (corrects) where corrects is not null;

-- Schools are closed from the middle of January to the middle of February and through July and August.
create function private.in_vacation(day date) returns boolean
language sql immutable parallel safe set search_path = ''
return to_char(day, 'MM-DD') between '01-18' and '02-18' or to_char(day, 'MM-DD') between '07-05' and '08-31';

-- ── from the file to the check ──────────────────────────────────────────────────────────────────────────────────────

-- Which sight an import of a kind needs on its unit.
create function private.import_sight(kind text) returns text
language sql immutable set search_path = ''
return case kind when 'populations' then 'populations' when 'units' then 'network' else 'people' end;

-- Takes note of an uploaded file. Definer: accounts write no table themselves.
create function public.create_import(kind text, unit_id integer, file_name text, file_sha256 text, file_bytes integer, format text,
  encoding text, sheet text, folder uuid, headings text[], heading_line integer) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  import_id bigint;
begin
  perform private.require_sight(create_import.unit_id, private.import_sight(create_import.kind));
  insert into public.imports (kind, unit_id, file_name, file_sha256, file_bytes, format, encoding, sheet, folder, headings, heading_line, created_by)
  values (create_import.kind, create_import.unit_id, create_import.file_name, create_import.file_sha256, create_import.file_bytes,
    create_import.format, create_import.encoding, create_import.sheet, create_import.folder, create_import.headings, create_import.heading_line, auth.uid())
  returning id into import_id;
  perform private.audit('import_uploaded', 'import', import_id::text, create_import.unit_id, jsonb_build_object('kind', create_import.kind));
  return import_id;
end $$;

-- The import, locked, for whoever may act on it; the first line of the functions below.
create function private.require_import(import_id bigint, states text[]) returns public.imports
language plpgsql volatile set search_path = '' as $$
declare
  found_import public.imports;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into found_import from public.imports where id = require_import.import_id for update;
  if found_import.id is null then perform private.refuse(404, 'import_unknown'); end if;
  perform private.require_sight(found_import.unit_id, private.import_sight(found_import.kind));
  if found_import.state <> all (states) then
    perform private.refuse(409, 'import_state', jsonb_build_object('state', found_import.state));
  end if;
  return found_import;
end $$;

-- Says which column is which, and has the file checked. The same headings are proposed these columns next time.
create function public.choose_import_columns(import_id bigint, columns jsonb, fixed jsonb, register_persons boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(choose_import_columns.import_id, '{mapping,checked,failed}');
begin
  update public.imports set columns = choose_import_columns.columns, fixed = choose_import_columns.fixed,
    register_persons = choose_import_columns.register_persons and kind = 'participation',
    state = 'checking', counts = '{}', problem = null, checked_at = null where id = chosen.id;
  insert into private.import_columns (unit_id, kind, headings, columns, fixed)
  values (chosen.unit_id, chosen.kind, chosen.headings, choose_import_columns.columns, choose_import_columns.fixed)
  on conflict on constraint import_columns_pkey do update set columns = excluded.columns, fixed = excluded.fixed, at = excluded.at;
  perform private.import_phase(chosen.id, 'reading', 0, null);
end $$;

-- Has a checked import written.
create function public.apply_import(import_id bigint, good_only boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(apply_import.import_id, '{checked}');
begin
  if coalesce((chosen.counts ->> 'good')::integer, 0) = 0 then perform private.refuse(409, 'import_nothing_to_apply'); end if;
  if not apply_import.good_only and (chosen.counts ->> 'refused')::integer > 0 then perform private.refuse(409, 'import_has_refusals'); end if;
  update public.imports set state = 'applying', good_only = apply_import.good_only, problem = null where id = chosen.id;
  perform private.import_phase(chosen.id, 'writing', 0, (chosen.counts ->> 'good')::integer);
  perform private.audit('import_applied', 'import', chosen.id::text, chosen.unit_id,
    jsonb_build_object('kind', chosen.kind, 'good', chosen.counts -> 'good', 'goodOnly', apply_import.good_only));
end $$;

-- Has an applied import taken back.
create function public.take_import_back(import_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(take_import_back.import_id, '{applied}');
begin
  update public.imports set state = 'taking_back', taken_back_by = auth.uid(), problem = null where id = chosen.id;
  perform private.import_phase(chosen.id, 'taking_back', 0, null);
  perform private.audit('import_taken_back', 'import', chosen.id::text, chosen.unit_id, jsonb_build_object('kind', chosen.kind));
end $$;

-- Throws away an import that changed nothing. Returns the folder of its file.
create function public.discard_import(import_id bigint) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(discard_import.import_id, '{mapping,checked,failed}');
begin
  perform private.audit('import_discarded', 'import', chosen.id::text, chosen.unit_id, jsonb_build_object('kind', chosen.kind));
  delete from public.imports where id = chosen.id;
  return chosen.folder;
end $$;

-- The columns chosen last for these headings: at this unit, or at the nearest one above or anywhere by the same account.
create function public.remembered_import_columns(import_id bigint) returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object('columns', known.columns, 'fixed', known.fixed)
  from public.imports asked
  join private.import_columns known on known.unit_id = asked.unit_id and known.kind = asked.kind and known.headings = asked.headings
  where asked.id = remembered_import_columns.import_id and asked.created_by = auth.uid()
);

-- Where an import stands, and which earlier import of the same file was applied. Definer: the progress and the accounts are closed.
create function public.import_standing(import_id bigint) returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object(
    'progress', (select jsonb_build_object('phase', progress.phase, 'done', progress.done, 'total', progress.total,
      'seconds', extract(epoch from progress.at - progress.began_at), 'silentSeconds', extract(epoch from clock_timestamp() - progress.at))
      from private.import_progress progress where progress.import_id = asked.id),
    'byName', coalesce((select person.name from identity.accounts account join public.persons person on person.id = account.person_id where account.id = asked.created_by), ''),
    'sameFile', (select jsonb_build_object('id', earlier.id, 'appliedAt', earlier.applied_at, 'byName', person.name, 'unit', unit.name)
      from public.imports earlier
      join public.units unit on unit.id = earlier.unit_id
      left join identity.accounts account on account.id = earlier.created_by
      left join public.persons person on person.id = account.person_id
      where earlier.file_sha256 = asked.file_sha256 and earlier.kind = asked.kind and earlier.id <> asked.id and earlier.state = 'applied'
        and (earlier.created_by = auth.uid() or unit.path operator(extensions.<@) any (private.my_unit_paths(private.import_sight(earlier.kind))))
      order by earlier.applied_at desc limit 1))
  from public.imports asked join public.units place on place.id = asked.unit_id
  where asked.id = import_standing.import_id
    and (asked.created_by = auth.uid() or place.path operator(extensions.<@) any (private.my_unit_paths(private.import_sight(asked.kind))))
);

grant execute on function public.create_import(text, integer, text, text, integer, text, text, text, uuid, text[], integer),
  public.choose_import_columns(bigint, jsonb, jsonb, boolean), public.apply_import(bigint, boolean), public.take_import_back(bigint),
  public.discard_import(bigint), public.remembered_import_columns(bigint), public.import_standing(bigint) to authenticated;

-- ── the job ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- All of it is called by the role of the jobs. Definer throughout: that role may write no table but the staged rows.

create function private.import_phase(import_id bigint, phase text, done integer, total integer) returns void
language sql volatile security definer set search_path = ''
begin atomic
  insert into private.import_progress as progress (import_id, phase, done, total, began_at, at)
  values (import_phase.import_id, import_phase.phase, import_phase.done, import_phase.total, clock_timestamp(), clock_timestamp())
  on conflict on constraint import_progress_pkey do update set phase = excluded.phase, done = excluded.done, total = excluded.total, at = excluded.at,
    began_at = case when progress.phase = excluded.phase and excluded.done > 0 then progress.began_at else excluded.began_at end;
end;

create function private.import_to_do(import_id bigint) returns jsonb
language sql stable security definer set search_path = ''
return (select to_jsonb(asked) || jsonb_build_object('path', unit.path) from public.imports asked join public.units unit on unit.id = asked.unit_id where asked.id = import_to_do.import_id);

-- Imports whose job should be running.
create function private.imports_running() returns setof bigint
language sql stable security definer set search_path = ''
begin atomic
  select id from public.imports where state in ('checking', 'applying', 'taking_back') order by id;
end;

create function private.fail_import(import_id bigint, code text, details jsonb) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.imports set state = 'failed', problem = jsonb_build_object('code', fail_import.code, 'details', fail_import.details)
  where id = fail_import.import_id and state = 'checking';
  -- What was checked stays checked: writing it can be asked for again. What was applied stays applied.
  update public.imports set state = case state when 'applying' then 'checked' else 'applied' end,
    problem = jsonb_build_object('code', fail_import.code, 'details', fail_import.details)
  where id = fail_import.import_id and state in ('applying', 'taking_back');
end;

-- Everything that was staged of an import, away: before it is read again.
create function private.clear_import(import_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from private.import_rows where import_id = clear_import.import_id;
  delete from private.import_refusals where import_id = clear_import.import_id;
end;

-- What the server compares words of a file with: places at and below a unit, and every unit of the region for hosts.
create function private.import_places() returns table (id integer, code text, name text, local_name text, above text, path text, level text, nature text, closed_on date)
language sql stable security definer set search_path = ''
begin atomic
  select unit.id, unit.code, unit.name, unit.local_name, above.name, unit.path::text, unit.level, kind.nature, unit.closed_on
  from public.units unit join public.unit_kinds kind on kind.id = unit.kind_id left join public.units above on above.id = unit.parent_id;
end;

create function private.import_words() returns jsonb
language sql stable security definer set search_path = ''
return jsonb_build_object(
  'categories', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en) order by position) from public.categories),
  'groups', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en, 'byAge', ages is not null or id = 'resident') order by position) from public.population_groups),
  'unitKinds', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en, 'nature', nature) order by id) from public.unit_kinds));

-- Whom a row means. One place for the rule: the ID number decides; without one (or an unknown one) the phone together with
-- the name; the number of a learner's card; name, year of birth and home together. Somebody whose own ID number is another
-- one is never meant. The first of these that finds anybody decides; more than one found is nobody.
create function private.match_import(import_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  with asked as (
    select line, name, birth_year, residence_unit_id, id_lookup, phone_lookup, card
    from private.import_rows staged
    where staged.import_id = match_import.import_id and staged.state <> 'refused' and staged.person_id is null
  ), candidates as (
    select asked.line, 1 as rank, contact.person_id
    from asked join private.person_contacts contact on contact.lookup = asked.id_lookup and contact.kind = 'id_number'
    union all
    select asked.line, 2, card.person_id
    from asked join public.person_cards card on card.number = asked.card and card.revoked_at is null
    union all
    select asked.line, 3, person.id
    from asked join private.person_contacts contact on contact.lookup = asked.phone_lookup and contact.kind = 'phone'
    join public.persons person on person.id = contact.person_id and person.name = asked.name
    where not exists (select from private.person_contacts other where asked.id_lookup is not null
      and other.person_id = person.id and other.kind = 'id_number' and other.lookup <> asked.id_lookup)
    union all
    select asked.line, 4, person.id
    from asked join public.persons person on person.name = asked.name and person.birth_year = asked.birth_year
      and person.residence_unit_id = asked.residence_unit_id
    where not exists (select from private.person_contacts other where asked.id_lookup is not null
      and other.person_id = person.id and other.kind = 'id_number' and other.lookup <> asked.id_lookup)
  ), rooted as (
    select candidates.line, candidates.rank, coalesce(person.counts_as, person.id) as person_id,
      min(candidates.rank) over (partition by candidates.line) as best
    from candidates join public.persons person on person.id = candidates.person_id
  ), decided as (
    select rooted.line, count(distinct rooted.person_id)::integer as candidates, min(rooted.person_id) as person_id
    from rooted where rooted.rank = rooted.best group by rooted.line
  )
  update private.import_rows staged
  set candidates = coalesce(decided.candidates, 0), person_id = case when decided.candidates = 1 then decided.person_id end
  from asked left join decided using (line)
  where staged.import_id = match_import.import_id and staged.line = asked.line;
end;

create function private.refuse_rows(import_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.import_rows staged set state = 'refused'
  where staged.import_id = refuse_rows.import_id and staged.state <> 'refused'
    and exists (select from private.import_refusals refusal where refusal.import_id = refuse_rows.import_id and refusal.line = staged.line);
end;

-- The key of an imported fact: who, when, where, what. The same event again is the same key, in any file, in any order.
-- A fact that was taken back lives on under its key; the next one of the same event has a number behind it.
create function private.import_key(person_id bigint, started_at timestamptz, host_unit_id integer, category_id text, kind text, role text, programme text) returns text
language sql stable set search_path = ''
return 'import:' || person_id || ':' || to_char(started_at at time zone 'Asia/Shanghai', 'YYYYMMDDHH24MI') || ':' || coalesce(host_unit_id, 0) || ':'
  || coalesce(category_id, '-') || ':' || kind || ':' || role || ':' || coalesce(left(md5(programme), 8), '-');

create function private.check_participation(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform private.match_import(of_import.id);

  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged
  left join public.persons person on person.id = staged.person_id
  left join public.units home on home.id = coalesce(person.residence_unit_id, staged.residence_unit_id)
  left join public.units host on host.id = staged.host_unit_id
  cross join lateral (
    select 'name' as field, 'import_person_ambiguous' as code, jsonb_build_object('candidates', staged.candidates) as details where staged.candidates > 1
    union all
    select 'name', 'import_person_unknown', '{}' where staged.candidates = 0 and not of_import.register_persons
    union all
    select 'name', 'import_name_differs', '{}' where person.name <> staged.name
    union all
    select 'date', 'import_before_birth', '{}'
      where coalesce(person.birth_year, staged.birth_year) > private.china_year(staged.started_at)
    union all
    select 'host', 'import_outside_unit', '{}'
      where person.id is not null and not (home.path operator(extensions.<@) inside or host.path operator(extensions.<@) inside)
    union all
    select newcomer.* from (
      select 'birth', 'import_newcomer_birth', '{}'::jsonb where staged.birth_year is null
      union all
      select 'residence', 'import_newcomer_home', '{}' where home.id is null
      union all
      select 'residence', 'import_home_outside', '{}' where home.id is not null and not home.path operator(extensions.<@) inside
      union all
      select 'residence', 'import_home_closed', jsonb_build_object('unit', home.name, 'closedOn', home.closed_on)
        where home.closed_on <= private.china_date(now())
      union all
      select 'birth', 'guardian_needed', '{}' where staged.birth_year > private.china_year(now()) - 14
    ) newcomer where staged.candidates = 0 and of_import.register_persons
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);

  perform private.name_newcomers(of_import.id);
  perform private.key_participation(of_import.id);
end $$;

-- Who is registered by an import: rows that match nobody, told apart by the strongest thing said of them. A row that says
-- less is the newcomer who fits; where several fit it is refused, like a row that contradicts the first one of its newcomer
-- or brings a phone that is somebody else's.
create function private.name_newcomers(import_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
begin
  update private.import_rows staged
  set newcomer = coalesce('i' || encode(staged.id_lookup, 'hex'), 'p' || encode(staged.phone_lookup, 'hex') || staged.name,
    'n' || staged.name || ':' || coalesce(staged.birth_year, 0) || ':' || coalesce(staged.residence_unit_id, 0))
  where staged.import_id = name_newcomers.import_id and staged.state <> 'refused' and staged.person_id is null;

  with said as (
    select distinct newcomer, name, birth_year, residence_unit_id, phone_lookup from private.import_rows staged
    where staged.import_id = name_newcomers.import_id and staged.state <> 'refused' and staged.newcomer is not null
  ), fitting as (
    select weak.newcomer as weak, count(distinct strong.newcomer) as fits, min(strong.newcomer) as strong
    from said weak
    join said strong on strong.name = weak.name
      and case left(weak.newcomer, 1)
        when 'p' then left(strong.newcomer, 1) = 'i' and strong.phone_lookup = weak.phone_lookup
        when 'n' then left(strong.newcomer, 1) in ('i', 'p') and strong.birth_year = weak.birth_year and strong.residence_unit_id = weak.residence_unit_id
        else false end
    group by weak.newcomer
  ), taken as (
    update private.import_rows staged set newcomer = fitting.strong from fitting
    where staged.import_id = name_newcomers.import_id and staged.newcomer = fitting.weak and fitting.fits = 1
  )
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select name_newcomers.import_id, staged.line, 'name', 'import_person_ambiguous', jsonb_build_object('candidates', fitting.fits), false
  from fitting join private.import_rows staged on staged.import_id = name_newcomers.import_id and staged.newcomer = fitting.weak
  where fitting.fits > 1 and staged.state <> 'refused';

  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select name_newcomers.import_id, staged.line, 'name', 'import_newcomer_differs', jsonb_build_object('line', staged.first_line), false
  from (
    select line, name, birth_year, residence_unit_id, first_value(name) over same as first_name, first_value(line) over same as first_line,
      first_value(birth_year) over same as first_year, first_value(residence_unit_id) over same as first_home
    from private.import_rows where import_rows.import_id = name_newcomers.import_id and newcomer is not null and state <> 'refused'
    window same as (partition by newcomer order by line)
  ) staged
  where staged.name <> staged.first_name or staged.birth_year <> staged.first_year or staged.residence_unit_id <> staged.first_home;

  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select name_newcomers.import_id, staged.line, 'phone', 'import_phone_taken', '{}', false
  from private.import_rows staged
  where staged.import_id = name_newcomers.import_id and staged.newcomer is not null and staged.state <> 'refused'
    and exists (select from private.person_contacts contact where contact.lookup = staged.phone_lookup and contact.kind = 'phone');
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select name_newcomers.import_id, staged.line, 'phone', 'import_phone_twice', jsonb_build_object('line', staged.first_line), false
  from (
    select line, newcomer, first_value(newcomer) over same as first_newcomer, first_value(line) over same as first_line
    from private.import_rows where import_rows.import_id = name_newcomers.import_id and newcomer is not null and state <> 'refused' and phone_lookup is not null
    window same as (partition by phone_lookup order by line)
  ) staged
  where staged.newcomer <> staged.first_newcomer;
  perform private.refuse_rows(name_newcomers.import_id);
end $$;

-- Whether the last word about a fact is that its import was taken back.
create function private.was_taken_back(participation_id bigint) returns boolean
language sql stable set search_path = ''
return (
  with recursive chain as (
    select fact.id, fact.key, 1 as step from public.participations fact where fact.id = was_taken_back.participation_id
    union all
    select later.id, later.key, chain.step + 1 from chain join public.participations later on later.corrects = chain.id
  )
  select chain.key like 'taken-back:%' from chain order by chain.step desc limit 1
);

-- Gives every row its key and finds out which are there already, and which the file says twice.
create function private.key_participation(import_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  turn integer := 0;
begin
  update private.import_rows staged
  set state = 'read', key = case when staged.person_id is null then staged.newcomer || '/' else '' end
    || private.import_key(coalesce(staged.person_id, 0), staged.started_at, staged.host_unit_id, staged.category_id, staged.kind, staged.role, staged.programme)
  where staged.import_id = key_participation.import_id and staged.state <> 'refused';

  update private.import_rows staged set state = 'repeated'
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows
    where import_rows.import_id = key_participation.import_id and state <> 'refused') counted
  where staged.import_id = key_participation.import_id and staged.line = counted.line and counted.nth > 1;

  -- Facts of rows that count as this person since, under their own keys.
  update private.import_rows staged set state = 'known'
  from public.persons follower, public.participations fact
  where staged.import_id = key_participation.import_id and staged.state = 'read' and follower.counts_as = staged.person_id
    and fact.key = private.import_key(follower.id, staged.started_at, staged.host_unit_id, staged.category_id, staged.kind, staged.role, staged.programme)
    and not private.was_taken_back(fact.id);

  loop
    update private.import_rows staged set state = 'known'
    from public.participations fact
    where staged.import_id = key_participation.import_id and staged.state = 'read' and fact.key = staged.key
      and not (exists (select from public.participations later where later.corrects = fact.id) and private.was_taken_back(fact.id));
    -- What remains under a taken key was taken back: the event is free again, under the next number.
    turn := turn + 1;
    update private.import_rows staged set key = split_part(staged.key, '#', 1) || '#' || turn
    from public.participations fact
    where staged.import_id = key_participation.import_id and staged.state = 'read' and fact.key = staged.key;
    exit when not found;
  end loop;
end $$;

create function private.check_persons(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform private.match_import(of_import.id);
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged
  left join public.persons person on person.id = staged.person_id
  left join public.units known_home on known_home.id = person.residence_unit_id
  join public.units home on home.id = staged.residence_unit_id
  cross join lateral (
    select 'name' as field, 'import_person_ambiguous' as code, jsonb_build_object('candidates', staged.candidates) as details where staged.candidates > 1
    union all
    select 'name', 'import_name_differs', '{}' where person.name <> staged.name
    union all
    select 'birth', 'import_birth_differs', '{}' where person.birth_year <> staged.birth_year
    union all
    select 'residence', 'import_home_outside', '{}' where not coalesce(known_home.path, home.path) operator(extensions.<@) inside
    union all
    select 'residence', 'import_home_closed', jsonb_build_object('unit', home.name, 'closedOn', home.closed_on)
      where person.id is null and home.closed_on <= private.china_date(now())
    union all
    select 'guardianPhone', 'guardian_needed', '{}'
      where person.id is null and staged.birth_year > private.china_year(now()) - 14
        and staged.guardian_id_lookup is null and staged.guardian_phone_lookup is null
    union all
    select 'guardianPhone', 'import_guardian_unknown', '{}'
      where person.id is null and coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null
        and private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup) is null
        and not exists (select from private.import_rows parent where parent.import_id = of_import.id and parent.state <> 'refused'
          and parent.birth_year <= private.china_year(now()) - 18
          and (parent.id_lookup = staged.guardian_id_lookup or parent.phone_lookup = staged.guardian_phone_lookup))
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);
  perform private.name_newcomers(of_import.id);

  update private.import_rows staged
  set state = case
    when counted.nth > 1 then 'repeated'
    when staged.person_id is null or exists (
      select from unnest(staged.groups) as named (group_id) where not private.is_in_group(staged.person_id, named.group_id)) then 'read'
    else 'known' end
  from (select line, row_number() over (partition by coalesce(newcomer, person_id::text) order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line;
end $$;

create function private.is_in_group(person_id bigint, group_id text) returns boolean
language sql stable set search_path = ''
return exists (select from public.person_groups entry where entry.person_id = is_in_group.person_id and entry.group_id = is_in_group.group_id
  and entry.valid_from <= private.china_date(now()) and coalesce(entry.valid_to >= private.china_date(now()), true));

-- The one grown-up with this ID number, or with this phone; null where there is none or are several.
create function private.import_guardian(id_lookup bytea, phone_lookup bytea) returns bigint
language sql stable set search_path = ''
return (
  select case when count(distinct coalesce(person.counts_as, person.id)) = 1 then min(coalesce(person.counts_as, person.id)) end
  from private.person_contacts contact join public.persons person on person.id = contact.person_id
  where (contact.kind = 'id_number' and contact.lookup = import_guardian.id_lookup
      or contact.kind = 'phone' and contact.lookup = import_guardian.phone_lookup and import_guardian.id_lookup is null)
    and coalesce(person.birth_year <= private.china_year(now()) - 18, true)
);

create function private.check_populations(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into private.import_refusals (import_id, line, field, code, by_file)
  select of_import.id, staged.line, 'unit', 'import_unit_outside', false
  from private.import_rows staged join public.units unit on unit.id = staged.unit_id
  where staged.import_id = of_import.id and staged.state <> 'refused' and not unit.path operator(extensions.<@) inside;
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged
  set key = concat_ws(':', staged.unit_id, staged.details ->> 'year', staged.details ->> 'group', staged.details ->> 'area')
  where staged.import_id = of_import.id and staged.state <> 'refused';
  -- Two numbers for one cell: which is right is not for us to say.
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, twice.line, 'count', 'import_cell_twice', jsonb_build_object('line', twice.first_line), false
  from (
    select line, details, first_value(details) over cell as first_details, first_value(line) over cell as first_line
    from private.import_rows where import_rows.import_id = of_import.id and state <> 'refused' window cell as (partition by key order by line)
  ) twice where twice.details <> twice.first_details;
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged
  set state = case
    when counted.nth > 1 then 'repeated'
    when private.import_population_known(staged.unit_id, staged.details) then 'known'
    else 'read' end
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line;
end $$;

-- Whether the newest figure of a cell says just this.
create function private.import_population_known(unit_id integer, details jsonb) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return (
    select (version.count, version.source, version.as_of) is not distinct from
      ((details ->> 'count')::integer, details ->> 'source', (details ->> 'asOf')::date)
    from public.population_versions version
    where version.unit_id = import_population_known.unit_id and version.year = (details ->> 'year')::integer
      and version.group_id = details ->> 'group' and version.area = details ->> 'area' and version.status <> 'returned'
    order by version.id desc limit 1);
end $$;

create function private.check_units(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged
  join public.units above on above.id = staged.unit_id
  cross join lateral (
    select 'parent' as field, 'import_unit_outside' as code, '{}'::jsonb as details where not above.path operator(extensions.<@) inside
    union all
    select 'parent', 'import_parent_not_administration', '{}' where above.kind_id <> 'administration'
    union all
    select 'parent', 'import_unit_closed', jsonb_build_object('unit', above.name, 'closedOn', above.closed_on) where above.closed_on <= private.china_date(now())
    union all
    select 'code', 'import_code_taken', '{}' where exists (
      select from public.units other where other.code = staged.details ->> 'code'
        and (other.name, other.parent_id) is distinct from (staged.name, staged.unit_id))
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged
  set key = staged.unit_id || ':' || staged.name where staged.import_id = of_import.id and staged.state <> 'refused';
  update private.import_rows staged
  set state = case
    when counted.nth > 1 then 'repeated'
    when exists (select from public.units known where known.parent_id = staged.unit_id and known.name = staged.name and known.closed_on is null) then 'known'
    else 'read' end
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line;
end $$;

-- Checks everything that was staged against what is in the database now. Returns the counts.
create function private.check_import(import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports;
  inside extensions.ltree;
  counts jsonb;
begin
  select * into of_import from public.imports where id = check_import.import_id;
  inside := (select unit.path from public.units unit where unit.id = of_import.unit_id);
  delete from private.import_refusals refusal where refusal.import_id = of_import.id and not by_file;
  update private.import_rows staged set state = case when refused.line is null then 'read' else 'refused' end,
    person_id = null, candidates = null, newcomer = null, key = null
  from private.import_rows same
  left join (select distinct line from private.import_refusals refusal where refusal.import_id = check_import.import_id) refused using (line)
  where staged.import_id = of_import.id and same.import_id = of_import.id and same.line = staged.line;
  analyze private.import_rows;
  case of_import.kind
    when 'participation' then perform private.check_participation(of_import, inside);
    when 'persons' then perform private.check_persons(of_import, inside);
    when 'populations' then perform private.check_populations(of_import, inside);
    when 'units' then perform private.check_units(of_import, inside);
  end case;
  update private.import_rows staged set state = 'good' where staged.import_id = of_import.id and staged.state = 'read';
  select jsonb_build_object('total', count(*), 'good', count(*) filter (where state = 'good'), 'known', count(*) filter (where state = 'known'),
    'repeated', count(*) filter (where state = 'repeated'), 'refused', count(*) filter (where state = 'refused'),
    'newcomers', count(distinct newcomer) filter (where state in ('good', 'repeated')),
    'persons', count(distinct coalesce(newcomer, person_id::text)) filter (where state = 'good'))
  into counts from private.import_rows where import_rows.import_id = of_import.id;
  return counts;
end $$;

create function private.finish_import_check(import_id bigint, counts jsonb) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.imports set state = 'checked', counts = finish_import_check.counts, checked_at = clock_timestamp()
  where id = finish_import_check.import_id and state = 'checking';
end;

-- What was checked is not true any more: it is checked again, and says so.
create function private.check_import_again(import_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.imports set state = 'checking', problem = '{"code": "import_changed", "details": {}}'
  where id = check_import_again.import_id and state = 'applying';
end;

-- ── from the check to the facts ─────────────────────────────────────────────────────────────────────────────────────

-- The first step of writing, in its transaction: everything is checked once more, because hours may lie between. All or
-- nothing stops when a row has become one to refuse. Returns the lines to write.
create function private.begin_import_writing(import_id bigint) returns integer[]
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports;
  found_now jsonb;
  staged record;
  new_person_id bigint;
begin
  select * into of_import from public.imports where id = begin_import_writing.import_id and state = 'applying' for update;
  if not found then return '{}'; end if;
  found_now := private.check_import(of_import.id);
  if not of_import.good_only and (found_now ->> 'refused')::integer > 0 then perform private.refuse(409, 'import_changed'); end if;
  update public.imports set counts = found_now where id = of_import.id;
  if of_import.kind in ('participation', 'persons') then
    for staged in
      select distinct on (newcomer) * from private.import_rows rows_of
      where rows_of.import_id = of_import.id and rows_of.newcomer is not null and rows_of.state = 'good'
      order by newcomer, id_lookup is null, phone_lookup is null, line
    loop
      new_person_id := private.register_person(name => staged.name, sex => staged.sex, birth_year => staged.birth_year,
        residence_unit_id => staged.residence_unit_id, pinyin => staged.pinyin, initials => staged.initials, contacts => staged.contacts,
        groups => private.import_groups(staged.groups, staged.group_source), entered_by => of_import.created_by);
      insert into private.import_effects (import_id, what, subject_id) values (of_import.id, 'person', new_person_id);
      update private.import_rows rows_of set person_id = new_person_id
        where rows_of.import_id = of_import.id and rows_of.newcomer = staged.newcomer;
    end loop;
  end if;
  if of_import.kind = 'participation' then
    -- Newcomers have their numbers now, and their rows the keys that go with them.
    update private.import_rows rows_of
    set key = private.import_key(rows_of.person_id, rows_of.started_at, rows_of.host_unit_id, rows_of.category_id, rows_of.kind, rows_of.role, rows_of.programme)
    where rows_of.import_id = of_import.id and rows_of.newcomer is not null and rows_of.state = 'good';
  end if;
  return (select array[min(line), max(line)] from private.import_rows rows_of where rows_of.import_id = of_import.id and rows_of.state = 'good');
end $$;

create function private.import_groups(groups text[], source text) returns jsonb
language sql immutable set search_path = ''
return (select coalesce(jsonb_agg(jsonb_build_object('group', group_id, 'source', source)), '[]') from unnest(groups) as named (group_id));

-- Writes the facts of some lines as one set, each with the snapshot of its day: what private.groups_of() says, for many at
-- once. Groups by age are worked out once an age; registry entries are looked up for whoever has any. Returns how many.
create function private.write_import_facts(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  written integer;
begin
  with rows_of as (
    select staged.*, person.residence_unit_id as home_id, home.area as home_area, person.birth_year as born, person.sex as own_sex,
      private.china_date(staged.started_at) as day
    from private.import_rows staged
    join public.persons person on person.id = staged.person_id
    join public.units home on home.id = person.residence_unit_id
    where staged.import_id = of_import_id and staged.line between from_line and to_line and staged.state = 'good'
  ), by_age as materialized (
    select age, (select array_agg(id order by id) from public.population_groups known where known.ages @> age or known.id = 'resident') as groups
    from generate_series(-1, 130) age
  ), entered as (
    select rows_of.line, array_agg(distinct entry.group_id) as groups
    from rows_of join public.person_groups entry on entry.person_id = rows_of.person_id
      and entry.valid_from <= rows_of.day and (entry.valid_to is null or entry.valid_to >= rows_of.day)
    group by rows_of.line
  )
  insert into public.participations (key, person_id, kind, form, category_id, programme, organised, role, residence_unit_id, area, host_unit_id,
    delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, channel,
    entry_source, entered_by, import_id)
  select rows_of.key, rows_of.person_id, rows_of.kind, rows_of.form, rows_of.category_id, rows_of.programme, true, rows_of.role, rows_of.home_id,
    rows_of.home_area, rows_of.host_unit_id, rows_of.department,
    case when entered.groups is null then coalesce(by_age.groups, '{resident}')
      else (select array_agg(id order by id) from (select unnest(coalesce(by_age.groups, '{resident}')) as id union select unnest(entered.groups)) both_kinds) end,
    rows_of.born, rows_of.own_sex, rows_of.started_at, rows_of.ended_at, private.in_vacation(rows_of.day), rows_of.hours, 'attended', 'list',
    import.created_by, 'onsite', 'import', import.created_by, import.id
  from rows_of
  join public.imports import on import.id = of_import_id
  left join by_age on by_age.age = extract(year from rows_of.day)::integer - rows_of.born
  left join entered on entered.line = rows_of.line
  order by rows_of.line
  on conflict (key) do nothing;
  get diagnostics written = row_count;
  return written;
end $$;

-- For the rest of the transaction auth.uid() is whoever asked for the import: what they may not do any more is refused, and
-- audit events are theirs.
create function private.act_as(account_id uuid) returns void
language sql volatile set search_path = ''
begin atomic
  select set_config('request.jwt.claims', jsonb_build_object('sub', account_id, 'role', 'authenticated')::text, true);
end;

-- Writes the other kinds, line by line: they are few, and each goes through the one function that may write it.
create function private.write_import_rows(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports := (select import from public.imports import where import.id = of_import_id);
  staged record;
  entry record;
  made bigint;
  guardian bigint;
  earlier jsonb;
  above_code text;
  written integer := 0;
begin
  perform private.act_as(of_import.created_by);
  for staged in
    select * from private.import_rows rows_of
    where rows_of.import_id = of_import_id and rows_of.line between from_line and to_line and rows_of.state = 'good' order by rows_of.line
  loop
    if of_import.kind = 'persons' then
      if staged.newcomer is null then
        -- Somebody known, of whom a registry says something new.
        for entry in select named.group_id from unnest(staged.groups) as named (group_id) where not private.is_in_group(staged.person_id, named.group_id) loop
          perform private.add_groups(staged.person_id, private.import_groups(array[entry.group_id], staged.group_source), of_import.created_by);
          insert into private.import_effects (import_id, what, subject_id, details)
          values (of_import_id, 'group', staged.person_id, jsonb_build_object('group', entry.group_id));
        end loop;
      elsif coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null then
        guardian := private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup);
        if guardian is null then perform private.refuse(409, 'import_changed', '{}'); end if;
        perform private.add_guardian(staged.person_id, guardian, 'other', true, of_import.created_by);
      end if;
    elsif of_import.kind = 'populations' then
      select jsonb_build_object('count', current.count, 'source', current.source, 'asOf', current.as_of) into earlier
      from public.populations current
      where current.unit_id = staged.unit_id and current.year = (staged.details ->> 'year')::integer
        and current.group_id = staged.details ->> 'group' and current.area = staged.details ->> 'area';
      made := private.enter_population(staged.unit_id, (staged.details ->> 'year')::integer, staged.details ->> 'group', staged.details ->> 'area',
        (staged.details ->> 'count')::integer, staged.details ->> 'source', (staged.details ->> 'asOf')::date, of_import.created_by);
      insert into private.import_effects (import_id, what, subject_id, details)
      values (of_import_id, 'population', made, coalesce(earlier, '{}')) on conflict do nothing;
    else
      -- As the account that imports, by the same act as at the network's pages.
      select above.code into above_code from public.units above where above.id = staged.unit_id;
      above_code := public.create_unit(above_code, coalesce(staged.details ->> 'code', private.import_unit_code(above_code)), staged.kind, null,
        coalesce((staged.details ->> 'openedOn')::date, private.china_date(now())), jsonb_strip_nulls(jsonb_build_object('name', staged.name,
          'area', staged.details ->> 'area', 'local_name', staged.details ->> 'localName', 'host_body', staged.details ->> 'hostBody',
          'address', staged.details ->> 'address', 'contact_phone', staged.details ->> 'contactPhone')));
      select unit.id into made from public.units unit where unit.code = above_code;
      insert into private.import_effects (import_id, what, subject_id) values (of_import_id, 'unit', made);
    end if;
    written := written + 1;
  end loop;
  return written;
end $$;

-- A code for a unit that came without one: that of the unit above with the next free number.
create function private.import_unit_code(above_code text) returns text
language sql stable set search_path = ''
return (
  select left(above_code, 32) || '-U' || nth from generate_series(1, 100000) nth
  where not exists (select from public.units known where known.code = left(above_code, 32) || '-U' || nth) limit 1
);

create function private.finish_import_writing(import_id bigint, written integer) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.imports set state = 'applied', applied_at = clock_timestamp(), problem = null,
    result = jsonb_build_object('written', finish_import_writing.written,
      'persons', (select count(*) from private.import_effects effect where effect.import_id = finish_import_writing.import_id and effect.what = 'person'))
  where id = finish_import_writing.import_id and state = 'applying';
  -- Sealed numbers and names were needed until here; what was made of them is kept elsewhere.
  delete from private.import_rows where import_rows.import_id = finish_import_writing.import_id;
end;

-- ── back ────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Cancels the next facts of an import after a given one: of each the last word, unless that is a cancellation already.
-- Facts are corrected, never removed. Returns the id up to which it came, null at the end, and how many were cancelled.
create function private.cancel_import_facts(of_import_id bigint, after_id bigint, most integer) returns table (last_id bigint, cancelled integer)
language plpgsql volatile security definer set search_path = '' as $$
declare
  ids bigint[];
begin
  select array_agg(id) into ids from (
    select fact.id from public.participations fact where fact.import_id = of_import_id and fact.id > after_id order by fact.id limit most) next_facts;
  if ids is null then return query select null::bigint, 0; return; end if;
  with recursive chain as (
    select fact.id as first_id, fact.id, 1 as step from public.participations fact where fact.id = any (ids)
    union all
    select chain.first_id, later.id, chain.step + 1 from chain join public.participations later on later.corrects = chain.id
  ), tips as (
    select distinct on (first_id) id from chain order by first_id, step desc
  )
  insert into public.participations (key, person_id, kind, form, category_id, programme, course_id, lesson_id, organised, role, person_role, employment,
    residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status,
    sign_in_method, with_guardian, guardian_id, guardian_consent, channel, fee_fen, for_profit, entry_source, entered_by, corrects)
  select 'taken-back:' || of_import_id || ':' || fact.id, fact.person_id, fact.kind, fact.form, fact.category_id, fact.programme, fact.course_id,
    fact.lesson_id, fact.organised, fact.role, fact.person_role, fact.employment, fact.residence_unit_id, fact.area, fact.host_unit_id,
    fact.delivering_department, fact.groups, fact.birth_year, fact.sex, fact.started_at, fact.ended_at, fact.in_vacation, 0, 'cancelled',
    fact.sign_in_method, fact.with_guardian, fact.guardian_id, fact.guardian_consent, fact.channel, fact.fee_fen, fact.for_profit, 'import',
    (select taken_back_by from public.imports where id = of_import_id), fact.id
  from tips join public.participations fact on fact.id = tips.id
  where fact.status = 'attended';
  get diagnostics cancelled = row_count;
  last_id := ids[cardinality(ids)];
  return next;
end $$;

-- Takes back what an import made besides facts, where nobody built on it since. Returns what was removed and what stays.
create function private.remove_import_effects(of_import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports := (select import from public.imports import where import.id = of_import_id);
  effect record;
  version record;
  removed integer := 0;
  kept bigint[] := '{}';
begin
  perform private.act_as(of_import.taken_back_by);
  for effect in select * from private.import_effects made where made.import_id = of_import_id order by made.what, made.subject_id desc loop
    begin
      if effect.what = 'person' then
        if exists (select from public.persons person where person.id = effect.subject_id
            and (person.updated_at <> person.created_at or person.counts_as is not null))
          or exists (select from public.person_groups entry join public.persons person on person.id = entry.person_id
            where entry.person_id = effect.subject_id and entry.entered_at <> person.created_at) then
          raise exception using errcode = 'PT409', message = 'changed_since';
        end if;
        -- The guardian of a child that goes with it; facts, accounts, posts and cards keep a person here.
        delete from public.guardians link where link.child_id = effect.subject_id;
        delete from public.persons person where person.id = effect.subject_id;
      elsif effect.what = 'group' then
        delete from public.person_groups entry where entry.person_id = effect.subject_id and entry.group_id = effect.details ->> 'group'
          and entry.entered_at between of_import.applied_at - interval '1 day' and of_import.applied_at and entry.valid_to is null;
      elsif effect.what = 'population' then
        select * into version from public.population_versions made where made.id = effect.subject_id;
        if exists (select from public.population_versions newer where newer.unit_id = version.unit_id and newer.year = version.year
            and newer.group_id = version.group_id and newer.area = version.area and newer.id > version.id) then
          raise exception using errcode = 'PT409', message = 'changed_since';
        end if;
        perform private.enter_population(version.unit_id, version.year, version.group_id, version.area, (effect.details ->> 'count')::integer,
          coalesce(effect.details ->> 'source', version.source), coalesce((effect.details ->> 'asOf')::date, version.as_of), of_import.taken_back_by);
      else
        -- A unit has a history: it is closed, not removed, where nobody lives, works or studied there.
        if exists (select from public.participations fact where fact.host_unit_id = effect.subject_id or fact.residence_unit_id = effect.subject_id)
          or exists (select from public.posts post where post.unit_id = effect.subject_id)
          or exists (select from public.units below where below.parent_id = effect.subject_id) then
          raise exception using errcode = 'PT409', message = 'changed_since';
        end if;
        perform public.close_unit((select unit.code from public.units unit where unit.id = effect.subject_id), private.china_date(now()), null, false);
      end if;
      removed := removed + 1;
    exception
      when others then
        if sqlstate <> '23503' and sqlstate not like 'PT4%' then raise; end if;
        kept := kept || effect.subject_id;
    end;
  end loop;
  return jsonb_build_object('removed', removed, 'kept', cardinality(kept), 'keptIds', to_jsonb(kept[:50]));
end $$;

create function private.finish_import_back(import_id bigint, took jsonb) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.imports set state = 'taken_back', taken_back_at = clock_timestamp(), problem = null, result = coalesce(result, '{}') || jsonb_build_object('back', took)
  where id = finish_import_back.import_id and state = 'taking_back';
end;

-- Nightly: what nobody went on with for a week goes, and so do the files of imports that were finished a month ago. Returns the folders to remove.
create function private.tidy_imports() returns setof uuid
language sql volatile security definer set search_path = ''
begin atomic
  with gone as (
    delete from public.imports where state in ('mapping', 'checked', 'failed') and created_at < clock_timestamp() - interval '7 days' returning folder
  )
  select folder from gone
  union all
  select folder from public.imports
  where state in ('applied', 'taken_back') and coalesce(taken_back_at, applied_at) < clock_timestamp() - interval '30 days';
end;

create function private.import_lines_refused(import_id bigint) returns table (line integer, field text, code text, details jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select refusal.line, refusal.field, refusal.code, refusal.details from private.import_refusals refusal
  where refusal.import_id = import_lines_refused.import_id order by refusal.line, refusal.field;
end;

grant execute on function private.import_phase(bigint, text, integer, integer), private.import_to_do(bigint), private.imports_running(),
  private.fail_import(bigint, text, jsonb), private.clear_import(bigint), private.import_places(), private.import_words(),
  private.check_import(bigint), private.finish_import_check(bigint, jsonb), private.check_import_again(bigint), private.begin_import_writing(bigint),
  private.write_import_facts(bigint, integer, integer), private.write_import_rows(bigint, integer, integer), private.finish_import_writing(bigint, integer),
  private.cancel_import_facts(bigint, bigint, integer), private.remove_import_effects(bigint), private.finish_import_back(bigint, jsonb),
  private.tidy_imports(), private.import_lines_refused(bigint) to job_server;
