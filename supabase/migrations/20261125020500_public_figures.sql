-- What everybody may read of the region's figures: people reached by group, for the region, its counties and townships, in
-- tens, and for a week at a time. Exact or daily figures would tell of single people: yesterday's taken from today's.

create table public.public_figures (
  unit_id integer not null references public.units on delete cascade,
  year smallint not null,
  group_id text not null references public.population_groups on delete restrict,
  -- To the nearest ten, always by the same rule, so that nothing is learnt from seeing it twice.
  people integer not null check (people >= 0 and people % 10 = 0),
  population bigint check (population >= 0),
  -- The Monday from which it is shown.
  week date not null check (extract(isodow from week) = 1),
  primary key (unit_id, year, group_id)
);
create index public_figures_group_id_idx on public.public_figures (group_id);
alter table public.public_figures enable row level security;
grant select on public.public_figures to anon, authenticated;
create policy "Visitors read the public figures" on public.public_figures for select to anon using (true);
create policy "Accounts read the public figures" on public.public_figures for select to authenticated using (true);

-- Publishes the figures of this year and the last, once a week: a second call in the same week changes nothing and says false.
create function private.publish_figures(today date default private.china_date(now())) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
  monday date := date_trunc('week', today::timestamp)::date;
  of_year integer;
  places integer[];
  groups text[] := array(select id from public.population_groups);
begin
  perform pg_advisory_xact_lock(hashtext('publish_figures'));
  if exists (select from public.public_figures where week >= monday) then return false; end if;
  delete from public.public_figures;
  foreach of_year in array array[extract(year from today)::integer, extract(year from today)::integer - 1] loop
    places := array(
      select unit.id from public.units unit
      where unit.kind_id = 'administration' and unit.level <> 'village' and private.stood_in(unit.opened_on, unit.closed_on, of_year));
    insert into public.public_figures (unit_id, year, group_id, people, population, week)
    select place.unit_id, of_year, slice.group_id, (round(coalesce(cell.persons, 0) / 10.0) * 10)::integer, denominator.population, monday
    from unnest(places) as place (unit_id)
    join public.metric_slices slice on slice.group_id = any (groups)
    left join public.coverage_cells cell on cell.year = of_year and cell.axis = 0 and cell.unit_id = place.unit_id and cell.slice_id = slice.id
      and cell.view_id = (select id from public.metric_views where code = 'all')
    left join private.populations_of(places, of_year, groups) denominator
      on denominator.unit_id = place.unit_id and denominator.group_id = slice.group_id;
  end loop;
  return true;
end $$;
revoke execute on function private.publish_figures(date) from public;
grant execute on function private.publish_figures(date) to job_server;

-- The public figures of a place, and of the places right below it; without a code, of the region.
create function public.public_figures_around(of_year integer, unit_code text default null)
returns table (code text, name text, is_here boolean, parent_code text, group_id text, group_zh text, group_en text,
  people integer, population bigint, week date, years smallint[])
language sql stable set search_path = ''
begin atomic
  with here as (
    select unit.id, unit.parent_id from public.units unit
    where unit.kind_id = 'administration' and case when unit_code is null then unit.parent_id is null else unit.code = unit_code end
  )
  select unit.code, unit.name, unit.id = here.id, above.code, figure.group_id, one.zh, one.en, figure.people, figure.population, figure.week,
    array(select distinct other.year from public.public_figures other where other.unit_id = here.id order by other.year desc)
  from here
  join public.units unit on unit.id = here.id or unit.parent_id = here.id
  left join public.units above on above.id = here.parent_id
  join public.public_figures figure on figure.unit_id = unit.id and figure.year = of_year
  join public.population_groups one on one.id = figure.group_id
  order by unit.id <> here.id, unit.path, one.position;
end;
grant execute on function public.public_figures_around(integer, text) to anon, authenticated;
