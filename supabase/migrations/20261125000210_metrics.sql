-- Figures that are exact, a moment old, and explainable: how many persons were reached, how often and for how long, for every
-- unit, kind of learning and group. Persons are counted once; a fact only leaves a mark, and a drainer brings the cells in
-- line (docs/decisions/0010-figures-are-folded-in-from-marks.md).
--
--   fact, in its own transaction → mark → drainer: contribution true now − contribution applied → cells
--
-- A person's contribution to a year is a pure function of their facts, and the facts never change. So what has been applied
-- is told by the ids of the facts alone (person_years): exactly this is taken back, exactly what is true is added, and
-- inserts, corrections, corrections of corrections, merges and their undoing all converge.
--
-- Residence axis: a person counts at the home of the first counted event of the year and above it; adds up over the tree.
-- Organiser axis: a person counts at the units that organised and above them; never add this one up.
--
-- Locks, in this order: network tree (shared for whoever counts or records, exclusive for a move) → cells → rows.

-- ── what is counted ─────────────────────────────────────────────────────────────────────────────────────────────────

-- Kinds of learning: everything, what was organised, and each category. A person counts once in each.
create table public.metric_views (
  id smallint primary key,
  code text not null unique,
  category_id text unique references public.categories on delete restrict
);
create sequence private.metric_view_ids as smallint start 11;

-- Kinds of people, and for 'all' also of channels and months. Slices of one kind are a partition (area, age_sex) or may
-- overlap (group, channel); those of 'month' say in which month a person was first reached. A set of groups, or of other
-- traits, is one number with the bits of its slices.
create table public.metric_slices (
  id smallint primary key,
  kind text not null check (kind in ('group', 'area', 'age_sex', 'channel', 'month')),
  code text not null,
  group_id text unique references public.population_groups on delete restrict,
  band text,
  sex text,
  group_bit bigint not null default 0,
  trait_bit bigint not null default 0,
  unique (kind, code),
  check ((group_bit <> 0) = (kind = 'group') and (trait_bit <> 0) = (kind <> 'group'))
);
create sequence private.metric_group_ids as smallint maxvalue 62;
comment on column public.metric_slices.band is 'Ages reached in the year, as 60-69 or 80+; unknown without a year of birth.';

insert into public.metric_views (id, code) values (1, 'all'), (2, 'organised');

create function private.view_category() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.metric_views (id, code, category_id)
  values (nextval('private.metric_view_ids'), 'category:' || new.id, new.id);
  return null;
end $$;
create trigger categories_view after insert on public.categories for each row execute function private.view_category();
insert into public.metric_views (id, code, category_id)
select nextval('private.metric_view_ids'), 'category:' || id, id from (select id from public.categories order by position) category;

create function private.slice_group() returns trigger
language plpgsql set search_path = '' as $$
declare
  number smallint := nextval('private.metric_group_ids');
begin
  insert into public.metric_slices (id, kind, code, group_id, group_bit) values (number, 'group', new.id, new.id, 1::bigint << number);
  return null;
end $$;
create trigger population_groups_slice after insert on public.population_groups for each row execute function private.slice_group();
insert into public.metric_slices (id, kind, code, group_id, group_bit)
select number, 'group', id, id, 1::bigint << number::integer
from (select id, nextval('private.metric_group_ids')::smallint as number from (select id from public.population_groups order by position) known) numbered;

-- Traits are numbered from 101: band × sex, area, channel, month.
insert into public.metric_slices (id, kind, code, band, sex, trait_bit)
select 100 + number, kind, code, band, sex, 1::bigint << number::integer
from (
  select row_number() over (order by place, first, second) as number, kind, code, band, sex
  from (
    select 1 as place, band.number as first, sex.number as second, 'age_sex' as kind, band.code || ':' || sex.code as code,
      band.code as band, sex.code as sex
    from unnest(array['0-5', '6-17', '18-34', '35-59', '60-69', '70-79', '80+', 'unknown']) with ordinality band (code, number)
    cross join unnest(array['female', 'male', 'unknown']) with ordinality sex (code, number)
    union all
    select 2, number, 0, 'area', code, null, null from unnest(array['urban', 'rural']) with ordinality area (code, number)
    union all
    select 3, number, 0, 'channel', code, null, null
    from unnest(array['onsite', 'web', 'wechat_h5', 'group']) with ordinality channel (code, number)
    union all
    select 4, month, 0, 'month', lpad(month::text, 2, '0'), null, null from generate_series(1, 12) as month
  ) traits
) numbered;

-- The traits of a person in a year (band × sex, area) and of an event (channel, month), as bits in the order above.
create function private.person_traits(age integer, sex text, area text) returns bigint
language sql immutable parallel safe set search_path = ''
return 1::bigint << (3 * case when age is null then 7 when age < 6 then 0 when age < 18 then 1 when age < 35 then 2 when age < 60 then 3
    when age < 70 then 4 when age < 80 then 5 else 6 end + case sex when 'female' then 1 when 'male' then 2 else 3 end)
  | case area when 'urban' then 1::bigint << 25 when 'rural' then 1::bigint << 26 else 0 end;

create function private.channel_trait(channel text) returns bigint
language sql immutable parallel safe set search_path = ''
return case channel when 'onsite' then 1::bigint << 27 when 'web' then 1::bigint << 28 when 'wechat_h5' then 1::bigint << 29
  when 'group' then 1::bigint << 30 else 0 end;

create function private.month_trait(started_at timestamptz) returns bigint
language sql immutable parallel safe set search_path = ''
return 1::bigint << (30 + extract(month from started_at at time zone 'Asia/Shanghai')::integer);

-- The bits a view keeps of somebody's traits: all of them, the area alone, or none.
create function private.traits_in_view(view_id integer, traits bigint) returns bigint
language sql immutable parallel safe set search_path = ''
return case view_id when 1 then traits when 2 then traits & (3::bigint << 25) else 0 end;

-- The groups of a snapshot, as bits.
create function private.group_bits(groups text[]) returns bigint
language sql stable parallel safe set search_path = ''
return (
  select coalesce(bit_or(slice.group_bit), 0) from unnest(groups) as membership (group_id)
  join public.metric_slices slice on slice.kind = 'group' and slice.code = membership.group_id
);

alter table public.metric_views enable row level security;
alter table public.metric_slices enable row level security;
grant select on public.metric_views, public.metric_slices to authenticated;
create policy "Accounts read the views of figures" on public.metric_views for select to authenticated using (true);
create policy "Accounts read the slices of figures" on public.metric_slices for select to authenticated using (true);

-- ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────

drop function public.coverage_by_unit(integer, integer, text);
drop function public.coverage_people(integer, integer, text, integer, bigint);
drop trigger participations_count on public.participations;
drop trigger units_move_coverage on public.units;
drop function private.count_participations(), private.move_coverage(), private.recount_coverage(bigint[], smallint[]),
  private.coverage_truth(bigint[], smallint[]), private.add_to_coverage(public.coverage_cells[]);
drop table public.coverage_cells, public.coverage_reach;

-- One figure. Seconds, because hundredths of an hour are whole ones. The key is in the order of a map: one slice, all units.
-- Foreign keys would be asked a million times while a day is folded in; the writers take units, views and slices from their tables.
create table public.coverage_cells (
  year smallint not null,
  axis smallint not null,
  view_id smallint not null,
  slice_id smallint not null,
  unit_id integer not null,
  persons integer not null,
  person_times integer not null,
  seconds bigint not null,
  primary key (year, axis, view_id, slice_id, unit_id)
) with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05);
comment on column public.coverage_cells.axis is '0 residence, 1 organiser.';

-- A difference may be negative where a row that is to be inserted turns into an update, so a check on the row would refuse what
-- is right; what comes out of it must never be negative.
create function private.refuse_negative_cell() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'check_violation', message = 'coverage_cell_negative', detail = to_jsonb(new)::text;
end $$;
create trigger coverage_cells_not_negative after insert or update on public.coverage_cells
  for each row when (new.persons < 0 or new.person_times < 0 or new.seconds < 0) execute function private.refuse_negative_cell();

alter table public.coverage_cells enable row level security;
grant select on public.coverage_cells to authenticated;
create policy "Coverage is read by staff of the subtree" on public.coverage_cells for select to authenticated
  using (unit_id in (select private.my_units('figures')));

-- What has been applied for a person and year: the facts, earliest first. Home and groups follow from them and are kept for
-- the page of people behind a figure.
create table private.person_years (
  year smallint not null,
  person_id bigint not null,
  unit_id integer not null,
  group_bits bigint not null,
  fact_ids bigint[] not null,
  primary key (year, person_id)
) with (fillfactor = 85);
create index person_years_home_idx on private.person_years (year, unit_id, person_id);

-- What must be counted again, only ever added to; without a year: all years of the person. Small changes are drained before
-- bulk, so that one person's attendance does not wait behind an import.
create table private.coverage_marks (
  bulk boolean not null,
  seq bigint generated always as identity,
  person_id bigint not null,
  year smallint,
  primary key (bulk, seq)
);

-- The years that have figures: a step from one to the next in the key, not a pass over millions of rows.
create function private.counted_years() returns setof smallint
language sql stable set search_path = ''
begin atomic
  with recursive known as (
    select min(year) as year from private.person_years
    union all
    select (select min(stored.year) from private.person_years stored where stored.year > known.year) from known where known.year is not null
  )
  select year from known where year is not null;
end;

-- ── marking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

create function private.mark_facts() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- A correction may lie in another year, or with another person, than the row it corrects: both are counted again.
  insert into private.coverage_marks (bulk, person_id, year)
  select count(*) over () > 200, person_id, year from (
    select fact.person_id, fact.year from recorded fact
    union
    select earlier.person_id, earlier.year
    from recorded fact join public.participations earlier on earlier.id = fact.corrects
    where fact.corrects is not null
  ) touched;
  return null;
end $$;
create trigger participations_mark after insert on public.participations
  referencing new table as recorded for each statement execute function private.mark_facts();

-- Whoever is merged or stands alone again is counted under another name, in every year; which years these are is looked up
-- when the mark is drained, so a fact that is being recorded meanwhile is not missed.
create function private.mark_person() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into private.coverage_marks (bulk, person_id)
  select false, person_id from (select new.id union select old.counts_as union select new.counts_as) touched (person_id)
  where person_id is not null;
  return null;
end $$;
create trigger persons_mark after update of counts_as on public.persons
  for each row when (old.counts_as is distinct from new.counts_as) execute function private.mark_person();
create trigger persons_begin_counting before update of counts_as on public.persons
  for each statement execute function private.begin_counting();

-- ── folding in ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- One writer of cells at a time. Reading goes on.
create function private.lock_cells() returns void
language sql volatile set search_path = ''
return pg_advisory_xact_lock('public.coverage_cells'::regclass::oid::integer, 0);

-- Brings cells and person_years of some persons and years in line with the facts. The cells are locked by the caller.
create function private.count_people(person_ids bigint[], years smallint[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_custom_plan set jit = off set work_mem = '64MB' as $$
begin
  with asked as materialized (
    select distinct pair.person_id, pair.year from unnest(person_ids, years) as pair (person_id, year)
  ), applied as materialized (
    select stored.person_id, stored.year, stored.fact_ids
    from asked join private.person_years stored on stored.year = asked.year and stored.person_id = asked.person_id
  ), live as materialized (
    -- The rows of a person are its own and those merged into it; a merged person has none of its own.
    select member.counts_for, fact.*
    from (
      select asked.person_id as counts_for, asked.year, asked.person_id as row_id
      from asked join public.persons person on person.id = asked.person_id and person.counts_as is null
      union all
      select asked.person_id, asked.year, person.id from asked join public.persons person on person.counts_as = asked.person_id
    ) member
    join private.counted_participations fact on fact.person_id = member.row_id and fact.year = member.year
  ), gone as materialized (
    select applied.person_id, applied.year, fact_id from applied cross join unnest(applied.fact_ids) as fact_id
    except
    select live.counts_for, live.year, live.id from live
  ), fact as materialized (
    select live.counts_for as person_id, live.year, live.id, coalesce(live.id = any (applied.fact_ids), false) as was, true as is_now,
      live.started_at, live.residence_unit_id, live.host_unit_id, live.groups, live.category_id, live.organised, live.hours,
      live.channel, live.area, live.birth_year, live.sex
    from live left join applied on applied.person_id = live.counts_for and applied.year = live.year
    union all
    select gone.person_id, gone.year, past.id, true, false, past.started_at, past.residence_unit_id, past.host_unit_id, past.groups,
      past.category_id, past.organised, past.hours, past.channel, past.area, past.birth_year, past.sex
    from gone join public.participations past on past.id = gone.fact_id
  ), known_groups as materialized (
    select one.groups, private.group_bits(one.groups) as bits from (select distinct fact.groups from fact) one
  ), placed as materialized (
    -- Every fact beside home and traits of the year's first event, as applied and as it is now.
    select fact.person_id, fact.year, fact.id, fact.was, fact.is_now, fact.host_unit_id, fact.organised, category.id as category_view,
      known_groups.bits, (fact.hours * 3600)::bigint as seconds, fact.started_at,
      private.channel_trait(fact.channel) as channel, private.month_trait(fact.started_at) as month,
      first_value(fact.residence_unit_id) over earlier as old_home, first_value(fact.residence_unit_id) over later as new_home,
      first_value(private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area)) over earlier as old_traits,
      first_value(private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area)) over later as new_traits,
      first_value(private.month_trait(fact.started_at)) over earlier as old_month,
      first_value(private.month_trait(fact.started_at)) over later as new_month
    from fact
    join known_groups on known_groups.groups = fact.groups
    left join public.metric_views category on category.category_id = fact.category_id
    window earlier as (partition by fact.person_id, fact.year order by fact.was desc, fact.started_at, fact.id),
      later as (partition by fact.person_id, fact.year order by fact.is_now desc, fact.started_at, fact.id)
  ), viewed as materialized (
    select placed.*, view_id,
      private.traits_in_view(view_id, channel | old_traits | old_month) as old_reach,
      private.traits_in_view(view_id, channel | new_traits | new_month) as new_reach,
      old_home = new_home and old_traits = new_traits as stayed
    from placed cross join unnest(array[1, case when organised then 2 end, category_view]) as view_id
    where view_id is not null
  ), reach as (
    select year, view_id, old_home, new_home,
      coalesce(bit_or(bits) filter (where was), 0) as old_bits, coalesce(bit_or(bits) filter (where is_now), 0) as new_bits,
      coalesce(bit_or(old_reach) filter (where was), 0) as old_reach, coalesce(bit_or(new_reach) filter (where is_now), 0) as new_reach
    from viewed group by person_id, year, view_id, old_home, new_home
  ), at_home as (
    select year, view_id, unit_id, bits, traits, sum(persons) as persons, sum(person_times) as person_times, sum(seconds) as seconds
    from (
      select year, view_id, old_home as unit_id, old_bits & ~case when old_home = new_home then new_bits else 0 end as bits,
        old_reach & ~case when old_home = new_home then new_reach else 0 end as traits, -1 as persons, 0 as person_times, 0 as seconds
      from reach
      union all
      select year, view_id, new_home, new_bits & ~case when old_home = new_home then old_bits else 0 end,
        new_reach & ~case when old_home = new_home then old_reach else 0 end, 1, 0, 0
      from reach
      union all
      select year, view_id, old_home, bits, private.traits_in_view(view_id, channel | month | old_traits), 0, -1, -seconds
      from viewed where was and not (is_now and stayed)
      union all
      select year, view_id, new_home, bits, private.traits_in_view(view_id, channel | month | new_traits), 0, 1, seconds
      from viewed where is_now and not (was and stayed)
    ) steps
    where bits <> 0 or traits <> 0
    group by year, view_id, unit_id, bits, traits
  ), at_host as (
    select year, view_id, host_unit_id as unit_id, bits, sum(is_now::integer - was::integer) as person_times,
      sum(seconds * (is_now::integer - was::integer)) as seconds
    from viewed where was <> is_now and host_unit_id is not null
    group by year, view_id, host_unit_id, bits
  ), hosted as materialized (
    -- Per unit that organised or stands above one that did: what a person has there by category, and of it organised.
    select placed.person_id, placed.year, category_view, ancestor,
      bit_or(bits) filter (where was) as old_bits, bit_or(bits) filter (where is_now) as new_bits,
      bit_or(bits) filter (where was and organised) as old_organised, bit_or(bits) filter (where is_now and organised) as new_organised
    from placed
    join public.unit_paths path on path.unit_id = placed.host_unit_id and path.years @> placed.year::integer
    cross join unnest(path.ancestors) as ancestor
    group by placed.person_id, placed.year, category_view, ancestor
  ), hosted_reach as (
    select year, category_view as view_id, ancestor, coalesce(old_bits, 0) as old_bits, coalesce(new_bits, 0) as new_bits
    from hosted where category_view is not null
    union all
    select year, unnest(array[1, 2]), ancestor,
      unnest(array[coalesce(bit_or(old_bits), 0), coalesce(bit_or(old_organised), 0)]),
      unnest(array[coalesce(bit_or(new_bits), 0), coalesce(bit_or(new_organised), 0)])
    from hosted group by person_id, year, ancestor
  ), differences as (
    select home.year, 0 as axis, home.view_id, slice.id as slice_id, ancestor as unit_id, home.persons, home.person_times, home.seconds
    from at_home home
    join public.metric_slices slice on (home.bits & slice.group_bit) | (home.traits & slice.trait_bit) <> 0
    join public.unit_paths path on path.unit_id = home.unit_id and path.years @> home.year::integer
    cross join unnest(path.ancestors) as ancestor
    union all
    select host.year, 1, host.view_id, slice.id, ancestor, 0, host.person_times, host.seconds
    from at_host host
    join public.metric_slices slice on host.bits & slice.group_bit <> 0
    join public.unit_paths path on path.unit_id = host.unit_id and path.years @> host.year::integer
    cross join unnest(path.ancestors) as ancestor
    union all
    select changed.year, 1, changed.view_id, slice.id, changed.ancestor, changed.persons, 0, 0
    from (
      select year, view_id, ancestor, bits, sum(persons) as persons
      from (
        select year, view_id, ancestor, old_bits & ~new_bits as bits, -1 as persons from hosted_reach
        union all
        select year, view_id, ancestor, new_bits & ~old_bits, 1 from hosted_reach
      ) step
      where bits <> 0 group by year, view_id, ancestor, bits
    ) changed
    join public.metric_slices slice on changed.bits & slice.group_bit <> 0
  ), kept as (
    insert into private.person_years as stored (year, person_id, unit_id, group_bits, fact_ids)
    select year, person_id, min(new_home), bit_or(bits), array_agg(id order by started_at, id)
    from placed where is_now group by year, person_id
    on conflict (year, person_id) do update
      set unit_id = excluded.unit_id, group_bits = excluded.group_bits, fact_ids = excluded.fact_ids
  ), dropped as (
    delete from private.person_years stored using applied
    where stored.year = applied.year and stored.person_id = applied.person_id
      and not exists (select from live where live.counts_for = applied.person_id and live.year = applied.year)
  )
  insert into public.coverage_cells as cell (year, axis, view_id, slice_id, unit_id, persons, person_times, seconds)
  select year, axis, view_id, slice_id, unit_id, sum(persons), sum(person_times), sum(seconds)
  from differences
  group by year, axis, view_id, slice_id, unit_id
  having sum(persons) <> 0 or sum(person_times) <> 0 or sum(seconds) <> 0
  order by year, axis, view_id, slice_id, unit_id
  on conflict (year, axis, view_id, slice_id, unit_id) do update
    set persons = cell.persons + excluded.persons, person_times = cell.person_times + excluded.person_times,
      seconds = cell.seconds + excluded.seconds;
end $$;

-- Drains up to so many marks, small changes first, and returns how many persons and years were counted. The marks go in one
-- statement and the facts are read by the next, whose snapshot is newer: whatever commits in between leaves a mark of its own.
-- A drainer that dies gives its marks back.
create function private.drain_marks(at_most integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by the server's jobs
declare
  marked_persons bigint[];
  marked_years smallint[];
  person_ids bigint[];
  years smallint[];
begin
  perform private.hold_network();
  perform private.lock_cells();
  with taken as (
    delete from private.coverage_marks mark
    where (mark.bulk, mark.seq) in (select bulk, seq from private.coverage_marks order by bulk, seq limit at_most)
    returning mark.person_id, mark.year
  )
  select array_agg(person_id), array_agg(year) into marked_persons, marked_years from (select distinct person_id, year from taken) one;
  if marked_persons is null then return 0; end if;

  with marked as (
    select mark.person_id, mark.year from unnest(marked_persons, marked_years) as mark (person_id, year)
    union
    select person.counts_as, mark.year from unnest(marked_persons, marked_years) as mark (person_id, year)
    join public.persons person on person.id = mark.person_id and person.counts_as is not null
  )
  select array_agg(person_id), array_agg(year) into person_ids, years from (
    select person_id, year from marked where year is not null
    union
    select marked.person_id, fact.year from marked join public.participations fact on fact.person_id = marked.person_id where marked.year is null
    union
    select person.counts_as, fact.year from marked join public.persons person on person.id = marked.person_id
      join public.participations fact on fact.person_id = person.id where marked.year is null and person.counts_as is not null
    union
    select marked.person_id, stored.year from marked
      join private.counted_years() as counted_year on marked.year is null
      join private.person_years stored on stored.year = counted_year and stored.person_id = marked.person_id
  ) asked;
  if person_ids is null then return 0; end if;
  perform private.count_people(person_ids, years);
  return cardinality(person_ids);
end $$;
grant execute on function private.drain_marks(integer) to job_server;

-- ── the tree ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Adds what counts below a unit to units above it, or takes it away: the unit's own figures where they add up, and the persons
-- whom an ancestor has through this subtree alone. Right only while every mark is drained and nobody records: during a move.
create function private.shift_cells(below_unit_id integer, counted_year smallint, ancestor_ids integer[], sign integer) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_custom_plan set jit = off set work_mem = '64MB' as $$
begin
  with people as materialized (
    -- Whoever took part in the subtree, with all that they have below the ancestors.
    select distinct coalesce(person.counts_as, person.id) as person_id
    from public.unit_paths inside
    join private.counted_participations fact on fact.host_unit_id = inside.unit_id and fact.year = counted_year
    join public.persons person on person.id = fact.person_id
    where inside.ancestors @> array[below_unit_id] and inside.years @> counted_year::integer
  ), fact as materialized (
    select people.person_id, fact.host_unit_id, fact.groups, fact.organised, category.id as category_view, fact.category_id
    from people
    join private.person_years stored on stored.year = counted_year and stored.person_id = people.person_id
    cross join unnest(stored.fact_ids) as fact_id
    join public.participations fact on fact.id = fact_id
    left join public.metric_views category on category.category_id = fact.category_id
    where fact.host_unit_id is not null
  ), known_groups as materialized (
    select one.groups, private.group_bits(one.groups) as bits from (select distinct fact.groups from fact) one
  ), reach as (
    select view_id, ancestor, bit_or(known_groups.bits) as all_bits,
      coalesce(bit_or(known_groups.bits) filter (where not path.ancestors @> array[below_unit_id]), 0) as other_bits
    from fact
    join known_groups on known_groups.groups = fact.groups
    join public.unit_paths path on path.unit_id = fact.host_unit_id and path.years @> counted_year::integer
    cross join unnest(path.ancestors) as ancestor
    cross join unnest(array[1, case when organised then 2 end, category_view]) as view_id
    where ancestor = any (ancestor_ids) and view_id is not null
    group by fact.person_id, view_id, ancestor
  ), differences as (
    select cell.axis, cell.view_id, cell.slice_id, ancestor as unit_id, case cell.axis when 0 then cell.persons else 0 end as persons,
      cell.person_times, cell.seconds
    from public.metric_views view
    cross join public.metric_slices slice
    join public.coverage_cells cell on cell.year = counted_year and cell.axis in (0, 1) and cell.view_id = view.id
      and cell.slice_id = slice.id and cell.unit_id = below_unit_id
    cross join unnest(ancestor_ids) as ancestor
    union all
    select 1, changed.view_id, slice.id, changed.ancestor, changed.persons, 0, 0
    from (
      select view_id, ancestor, all_bits & ~other_bits as bits, count(*) as persons
      from reach where all_bits & ~other_bits <> 0 group by 1, 2, 3
    ) changed
    join public.metric_slices slice on changed.bits & slice.group_bit <> 0
  )
  insert into public.coverage_cells as cell (year, axis, view_id, slice_id, unit_id, persons, person_times, seconds)
  select counted_year, axis, view_id, slice_id, unit_id, sign * sum(persons), sign * sum(person_times), sign * sum(seconds)
  from differences
  group by axis, view_id, slice_id, unit_id
  having sum(persons) <> 0 or sum(person_times) <> 0 or sum(seconds) <> 0
  order by axis, view_id, slice_id, unit_id
  on conflict (year, axis, view_id, slice_id, unit_id) do update
    set persons = cell.persons + excluded.persons, person_times = cell.person_times + excluded.person_times,
      seconds = cell.seconds + excluded.seconds;
end $$;

-- A unit that moves takes its people along, from the year of the move on: out of the figures of the units it stood below, into
-- those of the units it stands below now. Whoever records waits for the move, which holds the tree; so after the last mark is
-- drained nothing is open, and what was applied is what is true.
create function private.move_figures() returns trigger
language plpgsql set search_path = '' as $$
declare
  from_year integer := extract(year from new.placed_on);
  leaving jsonb := '{}';
  moved_year smallint;
  before_ids integer[];
  after_ids integer[];
begin
  perform private.lock_cells();
  while private.drain_marks(20000) > 0 or exists (select from private.coverage_marks) loop null; end loop;
  for moved_year in select year from private.counted_years() as year where year >= from_year loop
    select path.ancestors into before_ids from public.unit_paths path where path.unit_id = new.id and path.years @> moved_year::integer;
    select above.ancestors into after_ids from public.unit_paths above where above.unit_id = new.parent_id and above.years @> moved_year::integer;
    perform private.shift_cells(new.id, moved_year, array(
      select unnest(before_ids) except select unnest(after_ids) except select new.id), -1);
    leaving := leaving || jsonb_build_object(moved_year, before_ids);
  end loop;
  perform private.rehang_unit(new.id, new.parent_id, from_year);
  for moved_year in select key::smallint from jsonb_object_keys(leaving) as key loop
    select path.ancestors into after_ids from public.unit_paths path where path.unit_id = new.id and path.years @> moved_year::integer;
    before_ids := array(select jsonb_array_elements_text(leaving -> moved_year::text)::integer);
    perform private.shift_cells(new.id, moved_year, array(
      select unnest(after_ids) except select unnest(before_ids)), 1);
  end loop;
  return null;
end $$;
create trigger units_move_figures after update of parent_id on public.units
  for each row when (old.parent_id is distinct from new.parent_id) execute function private.move_figures();
