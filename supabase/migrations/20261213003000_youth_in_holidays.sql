-- How many young people a unit reached in the summer and winter holidays (DOMAIN.md 4: one in four). Only what units organised counts, as the guideline has it;
-- records carry whether their day is in the holidays. Nothing is folded in for it: it is counted from the records when it is asked for.
create index participations_holidays_idx on public.participations (year, residence_unit_id) where in_vacation and organised and 'youth' = any (groups);

-- Homes of the young people who came in the holidays, each once a year where coverage counts them too: what is applied for a person knows their home and which
-- of their records count. `inside` are the homes asked for; without it the whole region.
create function private.holiday_homes(counted_year integer, inside integer[] default null) returns table (unit_id integer, persons bigint)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with came as (
    select coalesce(person.counts_as, person.id) as person_id
    from public.participations fact join public.persons person on person.id = fact.person_id
    where fact.year = counted_year and fact.in_vacation and fact.organised and 'youth' = any (fact.groups) and (inside is null or fact.residence_unit_id = any (inside))
    union
    -- Whoever has left since the first event of the year still counts here.
    select coalesce(person.counts_as, person.id)
    from public.person_moves move join public.persons person on person.id = move.person_id
    where inside is not null and move.from_unit_id = any (inside)
  )
  select applied.unit_id, count(*)
  from came join private.person_years applied on applied.year = counted_year and applied.person_id = came.person_id
  where (inside is null or applied.unit_id = any (inside)) and exists (
    select from public.participations fact where fact.id = any (applied.fact_ids) and fact.in_vacation and fact.organised and 'youth' = any (fact.groups))
  group by applied.unit_id;
end $$;

-- Of a unit and of those that stood right below it. Who sees no names there sees no small numbers: neither few who came, nor few young people who came to
-- something only outside the holidays, which is told by coverage less this.
create function public.youth_in_holidays(in_unit_id integer, counted_year integer)
returns table (unit_id integer, code text, name text, level text, is_parent boolean, persons integer, population bigint, source text, missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$ -- definer: records are read by whoever sees names, figures by others too
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  inside integer[];
begin
  perform private.require_sight(in_unit_id, 'figures');
  if is_exact then
    inside := array(select placed.unit_id from public.unit_paths placed where placed.ancestors @> array[in_unit_id] and placed.years @> counted_year);
  end if;
  return query
  with around as materialized (
    select unit.id, tree.parent_id, unit.code, unit.name, unit.level, unit.path, unit.id = in_unit_id as is_parent,
      unit.id = in_unit_id or tree.parent_id = in_unit_id and private.stood_in(unit.opened_on, unit.closed_on, counted_year) as is_shown
    from private.tree_around(in_unit_id, counted_year, 0::smallint) tree join public.units unit on unit.id = tree.unit_id
    where not is_exact or unit.id = in_unit_id or tree.parent_id = in_unit_id
  ), placed as materialized (
    select above as unit_id, sum(home.persons)::integer as persons
    from private.holiday_homes(counted_year, inside) home
    join public.unit_paths path on path.unit_id = home.unit_id and path.years @> counted_year
    cross join unnest(path.ancestors) as above
    group by above
  ), counted as materialized (
    select around.id, around.parent_id, coalesce(placed.persons, 0) as persons, (
      select coalesce(bool_or(cell.persons - coalesce(placed.persons, 0) between 1 and 4), false)
      from public.coverage_cells cell join public.metric_slices slice on slice.id = cell.slice_id and slice.kind = 'group' and slice.code = 'youth'
      where not is_exact and cell.year = counted_year and cell.axis = 0 and cell.view_id in (1, 2) and cell.unit_id = around.id) as others_are_few
    from around left join placed on placed.unit_id = around.id
  ), hidden as materialized (
    select private.hide_small(array_agg(row(counted.id, counted.parent_id, counted.persons, counted.persons between 1 and 4 or counted.others_are_few)::private.small_number_unit)) as id
    from counted where not is_exact having count(*) > 0
  )
  select around.id, around.code, around.name, around.level, around.is_parent,
    case when around.id not in (select hidden.id from hidden) then counted.persons end,
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  from around
  join counted on counted.id = around.id
  left join private.populations_of(array(select one.id from around one where one.is_shown), counted_year, array['youth']) denominator on denominator.unit_id = around.id
  where around.is_shown
  order by around.is_parent desc, around.path;
end $$;
grant execute on function public.youth_in_holidays(integer, integer) to authenticated;
