-- What a network consists of, beside what it reaches: schools and learning points by kind and standard, of a unit and of each administration right below it, as
-- they stood on a day. The list of units (network_units) shows the same ones. Nothing here is secret; definer as private.units_on() is.
create function public.network_figures(in_unit_id integer, day date)
returns table (code text, name text, is_parent boolean, should_build integer, built integer, teaching integer, met integer, not_met integer, not_judged integer, kinds jsonb)
language sql stable security definer set search_path = ''
begin atomic
  with recursive standing as materialized (
    select unit.unit_id, unit.parent_id, unit.name, unit.kind_id, unit.further_kinds, unit.standard_met, unit.should_build, kind.nature, private.open_on(unit.opened_on, unit.closed_on, day) as is_open
    from private.units_on(in_unit_id, day) unit join public.unit_kinds kind on kind.id = unit.kind_id
  ), tree as (
    select standing.unit_id, standing.unit_id as row_id from standing where standing.parent_id = in_unit_id and standing.unit_id <> in_unit_id and standing.nature = 'administration' and standing.is_open
    union all
    select child.unit_id, tree.row_id from tree join standing child on child.parent_id = tree.unit_id and child.unit_id <> in_unit_id
  ), placed as (
    select tree.row_id, standing.* from tree join standing on standing.unit_id = tree.unit_id where standing.is_open
    union all
    select in_unit_id, standing.* from standing where standing.is_open
  ), taught as (
    select distinct school.parent_id from standing school where school.nature = 'teaching' and school.is_open
  ), counted as (
    select placed.row_id,
      (count(*) filter (where placed.nature = 'administration' and placed.should_build))::integer as should_build,
      (count(*) filter (where placed.nature = 'administration' and placed.should_build and placed.unit_id in (select taught.parent_id from taught)))::integer as built,
      (count(*) filter (where placed.nature = 'teaching'))::integer as teaching,
      (count(*) filter (where placed.nature = 'teaching' and placed.standard_met))::integer as met,
      (count(*) filter (where placed.nature = 'teaching' and not placed.standard_met))::integer as not_met,
      (count(*) filter (where placed.nature = 'teaching' and placed.standard_met is null))::integer as not_judged
    from placed group by placed.row_id
  ), by_kind as (
    select placed.row_id, one.kind_id, count(distinct placed.unit_id) as units
    from placed cross join lateral unnest(array[placed.kind_id] || placed.further_kinds) as one (kind_id)
    join public.unit_kinds kind on kind.id = one.kind_id and kind.nature = 'teaching'
    group by placed.row_id, one.kind_id
  )
  select unit.code, then_named.name, counted.row_id = in_unit_id, counted.should_build, counted.built, counted.teaching, counted.met, counted.not_met, counted.not_judged,
    coalesce((select jsonb_object_agg(by_kind.kind_id, by_kind.units) from by_kind where by_kind.row_id = counted.row_id), '{}')
  from counted join public.units unit on unit.id = counted.row_id join standing then_named on then_named.unit_id = counted.row_id
  order by counted.row_id <> in_unit_id, unit.path;
end;
grant execute on function public.network_figures(integer, date) to authenticated;
