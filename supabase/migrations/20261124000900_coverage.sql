-- Coverage: how many people of a group were reached in a year, at their home unit and every unit above.
-- A person counts once a year, so a person's contribution is a pure function of their facts. Every change of facts
-- takes back exactly what was applied for that person and year and adds exactly what is true now; inserts,
-- corrections and corrections of corrections all converge.

-- What has been applied: one row per person, year and group.
create table public.coverage_reach (
  person_id bigint not null references public.persons on delete restrict,
  year smallint not null,
  group_id text not null references public.population_groups on delete restrict,
  unit_id integer not null references public.units on delete restrict,
  person_times integer not null check (person_times > 0),
  hours numeric(9, 2) not null,
  primary key (person_id, year, group_id)
);
create index coverage_reach_unit_idx on public.coverage_reach (unit_id, year, group_id);
create index coverage_reach_group_id_idx on public.coverage_reach (group_id);

create table public.coverage_cells (
  unit_id integer not null references public.units on delete restrict,
  year smallint not null,
  group_id text not null references public.population_groups on delete restrict,
  persons integer not null check (persons >= 0),
  person_times integer not null check (person_times >= 0),
  hours numeric(12, 2) not null check (hours >= 0),
  primary key (unit_id, year, group_id)
);
create index coverage_cells_group_id_idx on public.coverage_cells (group_id);

alter table public.coverage_reach enable row level security;
alter table public.coverage_cells enable row level security;
grant select on public.coverage_reach, public.coverage_cells to authenticated;
create policy "Reach is read by staff of the subtree" on public.coverage_reach for select to authenticated
  using (unit_id in (select private.my_units('figures')));
create policy "Coverage is read by staff of the subtree" on public.coverage_cells for select to authenticated
  using (unit_id in (select private.my_units('figures')));

-- What is true now for some persons and years, from the facts. Only attended learner rows that nobody corrected
-- count; the home is that of the first event of the year.
create function private.coverage_truth(person_ids bigint[], years smallint[])
returns table (person_id bigint, year smallint, group_id text, unit_id integer, person_times integer, hours numeric)
language sql stable set search_path = ''
begin atomic
  with asked as (
    select distinct pair.person_id, pair.year
    from unnest(person_ids, years) as pair (person_id, year)
  ), live as (
    select fact.person_id, fact.year, fact.groups, fact.hours,
      first_value(fact.residence_unit_id) over (partition by fact.person_id, fact.year order by fact.started_at, fact.id) as home
    from asked
    join public.participations fact on fact.person_id = asked.person_id and fact.year = asked.year
    where fact.status = 'attended' and fact.role in ('learner', 'guardian')
      and not exists (select from public.participations later where later.corrects = fact.id)
  )
  select live.person_id, live.year, membership.group_id, min(live.home), count(*)::integer, sum(live.hours)
  from live cross join lateral unnest(live.groups) as membership (group_id)
  group by live.person_id, live.year, membership.group_id;
end;

-- Adds differences, which may be negative, to the figures, in key order. One by one, because a row to be inserted must
-- pass the checks even where it turns into an update: a negative difference would be refused.
create function private.add_to_coverage(differences public.coverage_cells[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  difference record;
begin
  for difference in
    select unit_id, year, group_id, sum(persons) as persons, sum(person_times) as person_times, sum(hours) as hours
    from unnest(differences) group by unit_id, year, group_id
    having sum(persons) <> 0 or sum(person_times) <> 0 or sum(hours) <> 0
    order by unit_id, year, group_id
  loop
    insert into public.coverage_cells as cell (unit_id, year, group_id, persons, person_times, hours)
    values (difference.unit_id, difference.year, difference.group_id,
      greatest(0, difference.persons), greatest(0, difference.person_times), greatest(0, difference.hours))
    on conflict (unit_id, year, group_id) do update
      set persons = cell.persons + difference.persons,
          person_times = cell.person_times + difference.person_times,
          hours = cell.hours + difference.hours;
  end loop;
end $$;

-- Brings the figures of some persons and years in line with the facts. Persons are locked in id order and cells are
-- written in key order, so concurrent callers queue instead of deadlocking; the facts are read after the lock, so the
-- last one through sees everything.
create function private.recount_coverage(person_ids bigint[], years smallint[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  truth public.coverage_reach[];
  applied public.coverage_reach[];
begin
  perform private.hold_network();
  perform from public.persons where id = any (person_ids) order by id for no key update;

  select coalesce(array_agg(row(now_true.person_id, now_true.year, now_true.group_id, now_true.unit_id,
      now_true.person_times, now_true.hours)::public.coverage_reach), '{}')
    into truth from private.coverage_truth(person_ids, years) now_true;
  select coalesce(array_agg(reach), '{}') into applied
    from public.coverage_reach reach
    where (reach.person_id, reach.year) in (select * from unnest(person_ids, years));

  delete from public.coverage_reach
    where (person_id, year) in (select * from unnest(person_ids, years));
  insert into public.coverage_reach select * from unnest(truth);

  perform private.add_to_coverage((
    select array_agg(row(ancestor.id, delta.year, delta.group_id, delta.persons, delta.person_times, delta.hours)::public.coverage_cells)
    from (
      select unit_id, year, group_id, 1 as persons, person_times, hours from unnest(truth)
      union all
      select unit_id, year, group_id, -1, -person_times, -hours from unnest(applied)
    ) delta
    join public.units home on home.id = delta.unit_id
    join public.units ancestor on ancestor.path operator(extensions.@>) home.path));
end $$;

-- Before the first row, whose foreign key locks the unit: a move locks the tree and then the unit.
create function private.begin_counting() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.hold_network();
  return null;
end $$;
create trigger participations_begin_counting before insert on public.participations
  for each statement execute function private.begin_counting();

create function private.count_participations() returns trigger
language plpgsql set search_path = '' as $$
declare
  person_ids bigint[];
  years smallint[];
begin
  -- A correction may lie in another year than the row it corrects: both are counted again.
  select array_agg(touched.person_id), array_agg(touched.year) into person_ids, years from (
    select fact.person_id, fact.year from recorded fact
    union
    select earlier.person_id, earlier.year
    from recorded fact join public.participations earlier on earlier.id = fact.corrects
  ) touched;
  if person_ids is not null then perform private.recount_coverage(person_ids, years); end if;
  return null;
end $$;
create trigger participations_count after insert on public.participations
  referencing new table as recorded for each statement execute function private.count_participations();

-- A unit that moves takes its people along: out of the figures of the units it was below, into those it is below now.
create function private.move_coverage() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.add_to_coverage((
    select array_agg(row(step.unit_id, reach.year, reach.group_id, step.sign, step.sign * reach.person_times,
      step.sign * reach.hours)::public.coverage_cells)
    from public.coverage_reach reach
    cross join (
      select unnest(string_to_array(new.path::text, '.'))::integer as unit_id, 1 as sign
      union all
      select unnest(string_to_array(old.path::text, '.'))::integer, -1
    ) step
    where reach.unit_id = new.id));
  return null;
end $$;
create trigger units_move_coverage after update on public.units
  for each row when (old.path is distinct from new.path) execute function private.move_coverage();

-- Whether a unit stood at any time of a year.
create function private.stood_in(opened_on date, closed_on date, year integer) returns boolean
language sql immutable parallel safe set search_path = ''
return coalesce(extract(year from opened_on) <= year, true) and coalesce(extract(year from closed_on) >= year, true);
grant execute on function private.stood_in(date, date, integer) to authenticated;

-- Figures of every child of a unit and of the unit itself, with their denominators. A unit without a population of its
-- own takes the sum of the units below; where one of these is missing the whole figure is missing (null), never zero,
-- and the units to ask are counted and the first of them named. A closed unit is shown while it has people to explain.
create function public.coverage_by_unit(parent_unit_id integer, counted_year integer, counted_group text)
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean,
  persons integer, person_times integer, hours numeric, population bigint, population_source text,
  missing_count integer, missing_names text[])
language sql stable set search_path = ''
begin atomic
  with recursive shown as (
    select unit.*, unit.id = parent_unit_id as is_parent, cell.persons, cell.person_times, cell.hours
    from public.units unit
    left join public.coverage_cells cell
      on cell.unit_id = unit.id and cell.year = counted_year and cell.group_id = counted_group
    where (unit.id = parent_unit_id or unit.parent_id = parent_unit_id)
      and unit.kind_id = 'administration'
      and (private.stood_in(unit.opened_on, unit.closed_on, counted_year) or cell.persons > 0)
      and unit.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  ), walked as (
    select shown.id as root_id, shown.id, shown.name, shown.path, own.count, own.source
    from shown
    left join public.populations own on own.unit_id = shown.id and own.year = counted_year
      and own.group_id = counted_group and own.area = 'all'
    union all
    select walked.root_id, child.id, child.name, child.path, own.count, own.source
    from walked
    join public.units child on child.parent_id = walked.id and child.kind_id = 'administration'
      and private.stood_in(child.opened_on, child.closed_on, counted_year)
    left join public.populations own on own.unit_id = child.id and own.year = counted_year
      and own.group_id = counted_group and own.area = 'all'
    where walked.count is null
  ), weighed as (
    select walked.*, walked.count is null and not exists (
      select from public.units child where child.parent_id = walked.id and child.kind_id = 'administration'
        and private.stood_in(child.opened_on, child.closed_on, counted_year)) as is_missing
    from walked
  ), denominators as (
    select weighed.root_id,
      case when not bool_or(weighed.is_missing) then sum(weighed.count) end as population,
      case when count(weighed.count) = 1 then min(weighed.source) end as source,
      count(*) filter (where weighed.is_missing) as missing_count,
      (array_agg(weighed.name order by weighed.path) filter (where weighed.is_missing))[:3] as missing_names
    from weighed group by weighed.root_id
  )
  select shown.id, shown.code, shown.name, shown.level, shown.is_parent,
    exists (select from public.units child where child.parent_id = shown.id and child.kind_id = 'administration'),
    coalesce(shown.persons, 0), coalesce(shown.person_times, 0), coalesce(shown.hours, 0),
    denominators.population, denominators.source, denominators.missing_count, coalesce(denominators.missing_names, '{}')
  from shown
  join denominators on denominators.root_id = shown.id
  order by shown.is_parent desc, shown.path;
end;
grant execute on function public.coverage_by_unit(integer, integer, text) to authenticated;

-- The people behind one figure, a page at a time. Whoever sees the figure sees sex and decade of birth; name and year of
-- birth only where a post grants names at the person's present home. Definer: the policies of persons would hide both.
create function public.coverage_people(in_unit_id integer, counted_year integer, counted_group text,
  page_size integer default 50, after_person_id bigint default 0)
returns table (person_id bigint, name text, sex text, birth_year smallint, birth_decade integer, home text,
  person_times integer, hours numeric)
language sql stable security definer set search_path = ''
begin atomic
  with page as (
    select reach.*
    from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.coverage_reach reach on reach.unit_id = home.id
    where inside.id = in_unit_id
      and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
      and reach.year = counted_year and reach.group_id = counted_group and reach.person_id > after_person_id
    order by reach.person_id
    limit least(greatest(page_size, 1), 200)
  )
  select page.person_id, case when seen.named then person.name end, person.sex,
    case when seen.named then person.birth_year end, person.birth_year / 10 * 10, home.name, page.person_times, page.hours
  from page
  join public.units home on home.id = page.unit_id
  join public.persons person on person.id = page.person_id
  join public.units residence on residence.id = person.residence_unit_id
  cross join lateral (
    select residence.path operator(extensions.<@) any ((select private.my_unit_paths('names'))::extensions.ltree[]) as named
  ) seen
  order by page.person_id;
end;
grant execute on function public.coverage_people(integer, integer, text, integer, bigint) to authenticated;
