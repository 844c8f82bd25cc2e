-- Denominators are kept in versions: what was handed in, by whom, and what became of it. Nothing is overwritten; a cell
-- that was a mistake is withdrawn by a version without a number.
--
-- public.populations stays what rates read: one row per cell, the figure in force. That is the newest approved version;
-- where none was ever approved, the newest one handed in, so that a rate need not wait for an approval, and is marked as
-- not yet approved. A change of an approved figure counts from its own approval on.

create table public.population_versions (
  id bigint generated always as identity primary key,
  unit_id integer not null references public.units on delete restrict,
  year smallint not null check (year between 1990 and 2100),
  group_id text not null references public.population_groups on delete restrict,
  area text not null default 'all' check (area in ('all', 'urban', 'rural')),
  count integer check (count >= 0),
  source text not null check (length(source) between 1 and 80),
  as_of date not null,
  status text not null default 'entered' check (status in ('entered', 'approved', 'returned', 'replaced')),
  entered_by uuid,
  entered_at timestamptz not null default clock_timestamp(),
  decided_by uuid,
  decided_at timestamptz,
  reason text check (length(reason) between 1 and 200),
  constraint population_versions_decided check ((decided_at is null) = (status in ('entered', 'replaced'))),
  constraint population_versions_returned_with_reason check ((reason is not null) = (status = 'returned'))
);
comment on column public.population_versions.count is 'Null withdraws the figure: from this version on there is none.';
comment on column public.population_versions.status is
  'entered waits for approval; replaced was handed in anew before anybody looked.';
create unique index population_versions_one_waiting on public.population_versions (unit_id, year, group_id, area) where status = 'entered';
create index population_versions_cell_idx on public.population_versions (unit_id, year, group_id, area, id desc);
create index population_versions_group_id_idx on public.population_versions (group_id);
create index population_versions_waiting_idx on public.population_versions (unit_id) where status = 'entered';

alter table public.populations
  add column version_id bigint references public.population_versions on delete restrict,
  add column status text not null default 'entered' check (status in ('entered', 'approved'));
create index populations_version_id_idx on public.populations (version_id);

-- What was handed in does not change; what became of it is decided once.
create function private.keep_population_version() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' or old.status <> 'entered'
    or (old.unit_id, old.year, old.group_id, old.area, old.count, old.source, old.as_of, old.entered_by, old.entered_at)
      is distinct from (new.unit_id, new.year, new.group_id, new.area, new.count, new.source, new.as_of, new.entered_by, new.entered_at) then
    raise exception using errcode = 'PT409', message = 'append_only', detail = jsonb_build_object('table', tg_table_name)::text;
  end if;
  return new;
end $$;
create trigger population_versions_kept before update or delete on public.population_versions
  for each row execute function private.keep_population_version();
create trigger population_versions_not_truncated before truncate on public.population_versions
  for each statement execute function private.refuse_change();

-- The figure in force of every cell whose versions changed.
create function private.follow_population_versions() returns trigger
language plpgsql set search_path = '' as $$
begin
  with touched as (
    select distinct unit_id, year, group_id, area from changed
  ), in_force as (
    select touched.unit_id, touched.year, touched.group_id, touched.area, version.id, version.count, version.source, version.as_of,
      version.status, version.entered_by, version.entered_at, version.decided_by
    from touched
    left join lateral (
      select * from public.population_versions version
      where version.unit_id = touched.unit_id and version.year = touched.year and version.group_id = touched.group_id
        and version.area = touched.area and version.status in ('approved', 'entered')
      order by version.status = 'approved' desc, version.id desc limit 1
    ) version on true
  ), gone as (
    delete from public.populations current using in_force
    where in_force.count is null and current.unit_id = in_force.unit_id and current.year = in_force.year
      and current.group_id = in_force.group_id and current.area = in_force.area
  )
  insert into public.populations as current (unit_id, year, group_id, area, count, source, as_of, status, entered_by, entered_at, approved_by, version_id)
  select unit_id, year, group_id, area, count, source, as_of, status, entered_by, entered_at, decided_by, id
  from in_force where count is not null
  on conflict (unit_id, year, group_id, area) do update set count = excluded.count, source = excluded.source, as_of = excluded.as_of,
    status = excluded.status, entered_by = excluded.entered_by, entered_at = excluded.entered_at, approved_by = excluded.approved_by,
    version_id = excluded.version_id;
  return null;
end $$;
create trigger population_versions_followed_insert after insert on public.population_versions
  referencing new table as changed for each statement execute function private.follow_population_versions();
create trigger population_versions_followed_update after update on public.population_versions
  referencing new table as changed for each statement execute function private.follow_population_versions();

-- What was there before versions were kept is the first version.
insert into public.population_versions (unit_id, year, group_id, area, count, source, as_of, status, entered_by, entered_at, decided_by, decided_at)
select unit_id, year, group_id, area, count, source, as_of, case when approved_by is null then 'entered' else 'approved' end,
  entered_by, entered_at, approved_by, case when approved_by is not null then entered_at end
from public.populations;

alter table public.population_versions enable row level security;
grant select on public.population_versions to authenticated;
create policy "Population versions are read by staff of the subtree" on public.population_versions for select to authenticated
  using (unit_id in (select private.my_units('figures')));

-- Hands in one figure, without asking who: for the functions below and for imports, which have asked. A figure that
-- already waits with the same number, source and date, or stands approved with them, is not handed in twice. Returns the
-- version; a null count withdraws.
create function private.enter_population(unit_id integer, year integer, group_id text, area text, count integer, source text, as_of date,
  entered_by uuid) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  latest public.population_versions;
  version_id bigint;
begin
  if enter_population.count < 0 then
    perform private.refuse(422, 'population_count_invalid', jsonb_build_object('group', enter_population.group_id));
  end if;
  if enter_population.as_of > private.china_date(now()) then
    perform private.refuse(422, 'population_date_future', '{"field": "asOf"}');
  end if;
  if not exists (select from public.population_groups known where known.id = enter_population.group_id) then
    perform private.refuse(422, 'group_unknown', jsonb_build_object('group', enter_population.group_id));
  end if;
  if not exists (
    select from public.units unit join public.unit_kinds kind on kind.id = unit.kind_id
    where unit.id = enter_population.unit_id and kind.nature = 'administration'
  ) then
    perform private.refuse(422, 'population_unit_invalid', jsonb_build_object('unit', enter_population.unit_id));
  end if;
  -- One figure of a cell after the other: two that are handed in at once are two versions, in an order.
  perform pg_advisory_xact_lock(hashtext('public.population_versions'),
    hashtext(concat_ws('/', enter_population.unit_id, enter_population.year, enter_population.group_id, enter_population.area)));
  select * into latest from public.population_versions version
    where version.unit_id = enter_population.unit_id and version.year = enter_population.year
      and version.group_id = enter_population.group_id and version.area = enter_population.area
      and version.status in ('entered', 'approved')
    order by version.id desc limit 1;
  if latest.id is not null and (latest.count, latest.source, latest.as_of)
    is not distinct from (enter_population.count, enter_population.source, enter_population.as_of) then
    return latest.id;
  end if;
  if latest.id is null and enter_population.count is null then return null; end if;
  update public.population_versions version set status = 'replaced' where version.id = latest.id and version.status = 'entered';
  insert into public.population_versions (unit_id, year, group_id, area, count, source, as_of, entered_by)
  values (enter_population.unit_id, enter_population.year, enter_population.group_id, enter_population.area, enter_population.count,
    enter_population.source, enter_population.as_of, enter_population.entered_by)
  returning id into version_id;
  return version_id;
end $$;
grant execute on function private.enter_population(integer, integer, text, text, integer, text, date, uuid) to job_server;

-- Hands in a grid of figures at once: all of them or, with the reason for each, none. `cells` is a list of
-- {unit, group, area, count}; a null count withdraws. Definer: it writes what accounts may only read.
create function public.enter_populations(counted_year integer, source text, as_of date, cells jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  cell record;
  version_id bigint;
  newest bigint := coalesce((select max(id) from public.population_versions), 0);
  problems jsonb := '{}';
  units integer[] := '{}';
  entered integer := 0;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if length(trim(enter_populations.source)) between 1 and 80 is not true then
    perform private.refuse(422, 'population_source_missing', '{"field": "source"}');
  end if;
  if enter_populations.as_of is null or enter_populations.as_of > private.china_date(now()) then
    perform private.refuse(422, 'population_date_future', '{"field": "asOf"}');
  end if;
  if counted_year not between 1990 and private.china_year(now()) + 1 then
    perform private.refuse(422, 'population_year_invalid', '{"field": "year"}');
  end if;
  for cell in
    select asked.unit as code, asked."group", coalesce(asked.area, 'all') as area, asked.count, unit.id as unit_id, kind.nature
    from jsonb_to_recordset(enter_populations.cells) as asked (unit text, "group" text, area text, count integer)
    left join public.units unit on unit.code = asked.unit
    left join public.unit_kinds kind on kind.id = unit.kind_id
    -- In one order, so that two grids saved at once queue instead of deadlocking.
    order by unit.id, asked."group", asked.area
  loop
    if cell.unit_id is null then
      problems := problems || jsonb_build_object(concat_ws('.', 'c', cell.code, cell."group", cell.area), 'unit_unknown');
    elsif cell.nature <> 'administration' then
      problems := problems || jsonb_build_object(concat_ws('.', 'c', cell.code, cell."group", cell.area), 'population_unit_invalid');
    elsif cell.count < 0 then
      problems := problems || jsonb_build_object(concat_ws('.', 'c', cell.code, cell."group", cell.area), 'population_count_invalid');
    elsif not exists (select from public.population_groups known where known.id = cell."group") or cell.area not in ('all', 'urban', 'rural') then
      problems := problems || jsonb_build_object(concat_ws('.', 'c', cell.code, cell."group", cell.area), 'group_unknown');
    else
      if cell.unit_id <> all (units) then
        perform private.require_sight(cell.unit_id, 'populations');
        units := units || cell.unit_id;
      end if;
      version_id := private.enter_population(cell.unit_id, counted_year, cell."group", cell.area, cell.count,
        trim(enter_populations.source), enter_populations.as_of, auth.uid());
      if version_id > newest then entered := entered + 1; end if;
    end if;
  end loop;
  if problems <> '{}' then perform private.refuse(422, 'population_cells_invalid', jsonb_build_object('fields', problems)); end if;
  perform private.audit('populations_entered', 'unit', unit.code, unit.id, jsonb_build_object('year', counted_year))
    from public.units unit where unit.id = any (units) and exists (
      select from public.population_versions version
      where version.unit_id = unit.id and version.year = counted_year and version.id > newest and version.entered_by = auth.uid());
  return jsonb_build_object('entered', entered);
end $$;

-- Whether the asking account may decide about figures of a unit: a post above it, or at the region itself.
create function private.may_approve(unit_path extensions.ltree) returns boolean
language sql stable set search_path = ''
return exists (
  select from unnest(private.my_unit_paths('approval')) as mine
  where unit_path operator(extensions.<@) mine and (unit_path operator(extensions.<>) mine or extensions.nlevel(unit_path) = 1)
);

-- Approves figures, or returns them with a reason: all of those named, or none. Nobody decides about what they handed in
-- themselves. Definer: it writes what accounts may only read.
create function public.decide_populations(version_ids bigint[], approve boolean, reason text default null) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  version record;
  decided integer := 0;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if coalesce(cardinality(version_ids), 0) = 0 then perform private.refuse(422, 'population_none_chosen', '{"field": "ids"}'); end if;
  if not approve and length(trim(decide_populations.reason)) between 2 and 200 is not true then
    perform private.refuse(422, 'population_reason_missing', '{"field": "reason"}');
  end if;
  for version in
    select waiting.id, waiting.status, waiting.entered_by, waiting.year, waiting.group_id, waiting.unit_id, unit.code, unit.path
    from public.population_versions waiting join public.units unit on unit.id = waiting.unit_id
    where waiting.id = any (version_ids) order by waiting.id for no key update of waiting
  loop
    if not private.may_approve(version.path) then perform private.refuse(403, 'population_not_yours_to_approve', jsonb_build_object('unit', version.code)); end if;
    if version.entered_by = auth.uid() then perform private.refuse(403, 'population_own', jsonb_build_object('unit', version.code)); end if;
    if version.status <> 'entered' then perform private.refuse(409, 'population_decided', jsonb_build_object('unit', version.code)); end if;
    decided := decided + 1;
    perform private.audit(case when approve then 'population_approved' else 'population_returned' end, 'population', version.id::text, version.unit_id,
      jsonb_build_object('unit', version.code, 'year', version.year, 'group', version.group_id));
  end loop;
  if decided <> (select count(distinct id) from unnest(version_ids) id) then perform private.refuse(404, 'population_unknown'); end if;
  update public.population_versions waiting
    set status = case when approve then 'approved' else 'returned' end, decided_by = auth.uid(), decided_at = clock_timestamp(),
      reason = case when not approve then trim(decide_populations.reason) end
    where waiting.id = any (version_ids);
  return decided;
end $$;

-- Figures that wait below a unit and that the asking account may decide about, the oldest first, each beside the one
-- approved before. Definer: says which account handed it in by name of post, not of person.
create function public.populations_to_approve(in_unit_id integer, page_size integer default 200)
returns table (version_id bigint, unit_code text, unit_name text, above_name text, year integer, group_id text, area text, count integer, source text,
  as_of date, entered_at timestamptz, entered_by_username text, is_own boolean, approved_count integer, approved_at timestamptz, total integer)
language sql stable security definer set search_path = ''
begin atomic
  select waiting.id, unit.code, unit.name, above.name, waiting.year::integer, waiting.group_id, waiting.area, waiting.count, waiting.source,
    waiting.as_of, waiting.entered_at, account.username, waiting.entered_by is not distinct from auth.uid(),
    before.count, before.decided_at, (count(*) over ())::integer
  from public.units inside
  join public.units unit on unit.path operator(extensions.<@) inside.path
  join public.population_versions waiting on waiting.unit_id = unit.id and waiting.status = 'entered'
  left join public.units above on above.id = unit.parent_id
  left join identity.accounts account on account.id = waiting.entered_by
  left join lateral (
    select version.count, version.decided_at from public.population_versions version
    where version.unit_id = waiting.unit_id and version.year = waiting.year and version.group_id = waiting.group_id
      and version.area = waiting.area and version.status = 'approved'
    order by version.id desc limit 1
  ) before on true
  where inside.id = in_unit_id and private.may_approve(unit.path)
  order by waiting.year desc, unit.path, waiting.group_id, waiting.area
  limit least(greatest(page_size, 1), 500);
end;

-- Every version of a unit's figures of a year, the newest first. Definer: who handed in and who decided are told by user name.
create function public.population_history(in_unit_id integer, counted_year integer)
returns table (version_id bigint, group_id text, area text, count integer, source text, as_of date, status text, entered_at timestamptz,
  entered_by_username text, decided_at timestamptz, decided_by_username text, reason text, in_force boolean)
language sql stable security definer set search_path = ''
begin atomic
  select version.id, version.group_id, version.area, version.count, version.source, version.as_of, version.status, version.entered_at,
    enterer.username, version.decided_at, decider.username, version.reason, current.version_id is not null
  from public.units inside
  join public.population_versions version on version.unit_id = inside.id and version.year = counted_year
  left join public.populations current on current.version_id = version.id
  left join identity.accounts enterer on enterer.id = version.entered_by
  left join identity.accounts decider on decider.id = version.decided_by
  where inside.id = in_unit_id and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  order by version.id desc
  limit 500;
end;

-- The grid: a unit and the administrations right below it, with the figure in force of each cell and the one that waits.
create function public.population_grid(in_unit_id integer, counted_year integer)
returns table (unit_id integer, unit_code text, unit_name text, level text, is_parent boolean, group_id text, area text, count integer, source text, as_of date,
  status text, entered_at timestamptz, waiting_count integer, waiting_withdraws boolean, returned_reason text)
language sql stable set search_path = ''
begin atomic
  with shown as (
    select unit.id, unit.code, unit.name, unit.level, unit.path, unit.id = in_unit_id as is_parent
    from public.units unit
    where (unit.id = in_unit_id or unit.parent_id = in_unit_id) and unit.kind_id = 'administration'
      and (unit.id = in_unit_id or private.stood_in(unit.opened_on, unit.closed_on, counted_year))
      and unit.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  ), cells as (
    select distinct version.unit_id, version.group_id, version.area
    from shown join public.population_versions version on version.unit_id = shown.id and version.year = counted_year
    union
    select current.unit_id, current.group_id, current.area
    from shown join public.populations current on current.unit_id = shown.id and current.year = counted_year
  )
  select shown.id, shown.code, shown.name, shown.level, shown.is_parent, cells.group_id, cells.area, current.count, current.source, current.as_of,
    current.status, current.entered_at, waiting.count,
    waiting.id is not null and waiting.count is null, returned.reason
  from shown
  left join cells on cells.unit_id = shown.id
  left join public.populations current on current.unit_id = cells.unit_id and current.year = counted_year
    and current.group_id = cells.group_id and current.area = cells.area
  left join public.population_versions waiting on waiting.unit_id = cells.unit_id and waiting.year = counted_year
    and waiting.group_id = cells.group_id and waiting.area = cells.area and waiting.status = 'entered'
    and waiting.id is distinct from current.version_id
  left join lateral (
    select latest.reason from (
      select version.status, version.reason from public.population_versions version
      where version.unit_id = cells.unit_id and version.year = counted_year and version.group_id = cells.group_id and version.area = cells.area
      order by version.id desc limit 1
    ) latest where latest.status = 'returned'
  ) returned on true
  order by shown.is_parent desc, shown.path, cells.group_id, cells.area;
end;

-- A unit's own official total beside the sum of the units below it, group by group: a unit below without a figure of its
-- own takes its sum in turn. Where a unit lacks one the sum is that of the others, and says how many are missing.
create function public.population_sums(in_unit_id integer, counted_year integer, counted_area text default 'all')
returns table (group_id text, own integer, below bigint, missing integer)
language sql stable set search_path = ''
begin atomic
  with recursive walked as (
    select population_group.id as group_id, child.id, current.count, 1 as depth
    from public.population_groups population_group
    join public.units child on child.parent_id = in_unit_id and child.kind_id = 'administration'
      and private.stood_in(child.opened_on, child.closed_on, counted_year)
      and child.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
    left join public.populations current on current.unit_id = child.id and current.year = counted_year
      and current.group_id = population_group.id and current.area = counted_area
    union all
    select walked.group_id, child.id, current.count, walked.depth + 1
    from walked
    join public.units child on child.parent_id = walked.id and child.kind_id = 'administration'
      and private.stood_in(child.opened_on, child.closed_on, counted_year)
    left join public.populations current on current.unit_id = child.id and current.year = counted_year
      and current.group_id = walked.group_id and current.area = counted_area
    where walked.count is null
  ), summed as (
    select walked.group_id, sum(walked.count) as below, count(*) filter (where walked.count is null and not exists (
      select from public.units child where child.parent_id = walked.id and child.kind_id = 'administration'
        and private.stood_in(child.opened_on, child.closed_on, counted_year)))::integer as missing
    from walked group by walked.group_id
  )
  select population_group.id, own.count, summed.below, coalesce(summed.missing, 0)
  from public.population_groups population_group
  left join summed on summed.group_id = population_group.id
  left join public.populations own on own.unit_id = in_unit_id and own.year = counted_year and own.group_id = population_group.id and own.area = counted_area
  where own.count is not null or summed.below is not null
  order by population_group.position;
end;

-- Which figures are missing below a unit: of every administration without others below it, the groups without a figure.
-- A group is asked for when it is residents, or when any unit of the region has a figure of it for this year or the year
-- before. Each with the posts that hand figures in there, the nearest first; names for whoever sees names there. Definer:
-- what is asked for goes by the whole region, and the policy of persons by residence.
create function public.population_gaps(in_unit_id integer, counted_year integer, page_size integer default 100, skip integer default 0)
returns table (unit_code text, unit_name text, above_name text, group_ids text[], responsible jsonb, total integer)
language sql stable security definer set search_path = ''
begin atomic
  with asked as (
    select population_group.id, population_group.position from public.population_groups population_group
    where population_group.id = 'resident' or exists (
      select from public.populations known where known.group_id = population_group.id and known.year in (counted_year, counted_year - 1))
  ), leaves as (
    select unit.* from public.units inside
    join public.units unit on unit.path operator(extensions.<@) inside.path
    where inside.id = in_unit_id and unit.kind_id = 'administration'
      and private.stood_in(unit.opened_on, unit.closed_on, counted_year)
      and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
      and not exists (select from public.units child where child.parent_id = unit.id and child.kind_id = 'administration'
        and private.stood_in(child.opened_on, child.closed_on, counted_year))
  ), lacking as (
    select leaves.id, leaves.code, leaves.name, leaves.parent_id, leaves.path, array_agg(asked.id order by asked.position) as group_ids
    from leaves cross join asked
    where not exists (select from public.populations current where current.unit_id = leaves.id and current.year = counted_year
      and current.group_id = asked.id and current.area = 'all')
    group by leaves.id, leaves.code, leaves.name, leaves.parent_id, leaves.path
  ), page as (
    select lacking.*, count(*) over () as total from lacking order by lacking.path
    limit least(greatest(page_size, 1), 500) offset greatest(skip, 0)
  )
  select page.code, page.name, above.name, page.group_ids, coalesce((
    select jsonb_agg(jsonb_build_object('unit', holder.unit_name, 'roleZh', holder.zh, 'roleEn', holder.en, 'name', holder.person_name))
    from (
      select post_unit.name as unit_name, role.zh, role.en,
        case when post_unit.path operator(extensions.<@) any ((select private.my_unit_paths('names'))::extensions.ltree[]) then person.name end as person_name
      from public.units chain
      join public.posts post on private.administration_of(post.unit_id) = chain.id
      join public.units post_unit on post_unit.id = post.unit_id
      join public.post_roles role on role.id = post.role_id and 'populations' = any (role.sights)
      join public.persons person on person.id = post.person_id
      where chain.path operator(extensions.@>) page.path
        and post.valid_from <= private.china_date(now()) and coalesce(post.valid_to >= private.china_date(now()), true)
      order by extensions.nlevel(chain.path) desc, role.id = 'manager' desc, post.id limit 2
    ) holder), '[]'), page.total::integer
  from page left join public.units above on above.id = page.parent_id
  order by page.path;
end;

-- All figures in force of a year at a unit and below, for a file.
create function public.population_table(in_unit_id integer, counted_year integer)
returns table (unit_code text, unit_name text, level text, group_id text, area text, count integer, source text, as_of date, status text)
language sql stable set search_path = ''
begin atomic
  select unit.code, unit.name, unit.level, current.group_id, current.area, current.count, current.source, current.as_of, current.status
  from public.units inside
  join public.units unit on unit.path operator(extensions.<@) inside.path
  join public.populations current on current.unit_id = unit.id and current.year = counted_year
  join public.population_groups population_group on population_group.id = current.group_id
  where inside.id = in_unit_id
  order by unit.path, population_group.position, current.area;
end;

grant execute on function public.enter_populations(integer, text, date, jsonb), public.decide_populations(bigint[], boolean, text),
  public.populations_to_approve(integer, integer), public.population_history(integer, integer), public.population_grid(integer, integer),
  public.population_sums(integer, integer, text), public.population_gaps(integer, integer, integer, integer),
  public.population_table(integer, integer) to authenticated;
