-- The units of a network as a list, by what is recorded of each, and what was done to the tree in a span of days: what an assessor asks for every year.

-- Every unit at and below one as it was on a day, closed ones too. Definer: a unit that has since moved out of one's subtree was part of it then; nothing
-- here is secret.
create function private.units_on(in_unit_id integer, day date) returns setof public.unit_versions
language sql stable security definer set search_path = ''
begin atomic
  with recursive below as (
    select version as unit, array[version.unit_id] as way
    from public.unit_versions version
    where version.unit_id = in_unit_id and version.superseded_at is null and version.valid @> day and in_unit_id in (select private.my_units('desk'))
    union all
    select version, below.way || version.unit_id
    from below
    join public.unit_versions version on version.parent_id = (below.unit).unit_id and version.superseded_at is null and version.valid @> day
      and version.unit_id <> all (below.way)
  )
  select (below.unit).* from below;
end;

-- The list. `of_kind` is a kind, also one of the further ones, or all that teach: 'teaching'; `standard` met, not_met, not_judged, and `computers_below`
-- ask schools and learning points; `zone` is a status or 'any' or 'none'; `build` says of administrations that should have a school
-- whether one is there: should, built, missing. A number of computers that nobody filled in is below no number, unless it is asked for.
create function public.network_units(in_unit_id integer, day date, of_kind text default null, of_level text default null, standard text default null, zone text default null,
  computers_below integer default null, computers_unknown boolean default false, build text default null, with_closed boolean default false,
  sort text default 'tree', page_size integer default 100, skip integer default 0)
returns table (code text, name text, local_name text, kind_zh text, kind_en text, nature text, level text, area text, above_name text, should_build boolean, built boolean,
  standard_met boolean, zone_status text, zone_level text, rooms smallint, computers smallint, opened_on date, closed_on date, total integer)
language sql stable security definer set search_path = '' -- definer: asks private.units_on()
begin atomic
  with standing as materialized (
    select unit.*, kind.nature, kind.zh as kind_zh, kind.en as kind_en, private.open_on(unit.opened_on, unit.closed_on, day) as is_open
    from private.units_on(in_unit_id, day) unit join public.unit_kinds kind on kind.id = unit.kind_id
  ), taught as (
    select distinct school.parent_id from standing school where school.nature = 'teaching' and school.is_open
  ), chosen as (
    select standing.*, standing.nature = 'administration' and standing.should_build as must, taught.parent_id is not null as has_school
    from standing left join taught on taught.parent_id = standing.unit_id
    where (standing.is_open or with_closed and standing.closed_on <= day)
      and (of_kind is null or of_kind = 'teaching' and standing.nature = 'teaching' or of_kind = standing.kind_id or of_kind = any (standing.further_kinds))
      and (of_level is null or standing.level = of_level)
      and (standard is null or standing.nature = 'teaching' and case standard
        when 'met' then standing.standard_met when 'not_met' then not standing.standard_met else standing.standard_met is null end)
      and (zone is null or case zone when 'any' then standing.zone_status is not null when 'none' then standing.zone_status is null else standing.zone_status = zone end)
      and (computers_below is null and not computers_unknown or standing.nature = 'teaching'
        and (standing.computers < computers_below or computers_unknown and standing.computers is null))
  )
  select unit.code, chosen.name, chosen.local_name, chosen.kind_zh, chosen.kind_en, chosen.nature, chosen.level, chosen.area, coalesce(above.name, parent.name),
    chosen.must, case when chosen.must then chosen.has_school end, chosen.standard_met, chosen.zone_status, chosen.zone_level, chosen.rooms, chosen.computers,
    chosen.opened_on, chosen.closed_on, (count(*) over ())::integer
  from chosen
  join public.units unit on unit.id = chosen.unit_id
  left join standing above on above.unit_id = chosen.parent_id
  left join public.units parent on parent.id = chosen.parent_id
  where build is null or chosen.must and case build when 'built' then chosen.has_school when 'missing' then not chosen.has_school else true end
  order by case when sort = 'level' then private.level_rank(chosen.level) end, case when sort = 'computers' then chosen.computers end nulls last,
    case when sort = 'name' then chosen.name end collate "zh-x-icu", unit.path
  limit least(greatest(page_size, 1), 1000) offset greatest(skip, 0);
end;

-- What was done to the tree at and below a unit from one day to another: units that were opened, split off, moved, merged into another or closed. Read from
-- what is in force, so that an act which was recorded wrongly is told as corrected, and one whose day saw a further change is not lost.
create function public.network_acts(in_unit_id integer, from_day date, until_day date, of_act text default null, page_size integer default 100, skip integer default 0)
returns table (day date, act text, code text, name text, level text, kind_zh text, kind_en text, from_name text, to_name text, recorded_at timestamptz, recorded_by text, total integer)
language sql stable security definer set search_path = '' -- definer: a unit that was moved away was part of the subtree then; tells user names, not persons
begin atomic
  with recursive inside as (
    select in_unit_id as id where in_unit_id in (select private.my_units('desk'))
    union
    select version.unit_id from inside
    join public.unit_versions version on version.parent_id = inside.id and version.superseded_at is null
      and version.valid && daterange(from_day - 1, until_day, '[]')
  ), live as materialized (
    select version.*, lag(version.id) over span as before_id, lag(version.parent_id) over span as before_parent, lag(version.closed_on) over span as before_closed
    from public.unit_versions version
    where version.unit_id in (select id from inside) and version.superseded_at is null
    window span as (partition by version.unit_id order by version.valid)
  ), acts as (
    select live.opened_on as day, case when made.from_id is null then 'opened' else 'split' end as act, live.id, made.from_id, live.parent_id as to_id
    from live
    join public.units unit on unit.id = live.unit_id
    -- From whom something was split is written nowhere else.
    left join lateral (
      select event.unit_id as from_id from public.audit_events event
      where event.subject_kind = 'unit' and event.action = 'unit_split' and event.details ->> 'into' = unit.code limit 1
    ) made on exists (select from public.unit_versions version where version.unit_id = live.unit_id and version.act = 'split')
    where live.before_id is null and live.opened_on between from_day and until_day
    union all
    -- Whatever was merged stands below what it went into from that day: that is no move.
    select lower(live.valid), 'moved', live.id, live.before_parent, live.parent_id
    from live where live.before_id is not null and live.parent_id is distinct from live.before_parent and live.merged_into_id is null
      and lower(live.valid) between from_day and until_day
    union all
    select live.closed_on, case when live.merged_into_id is null then 'closed' else 'merged' end, live.id, coalesce(live.before_parent, live.parent_id), live.merged_into_id
    from live where live.closed_on is not null and live.before_closed is null and live.closed_on between from_day and until_day
  )
  select acts.day, acts.act, unit.code, live.name, live.level, kind.zh, kind.en, coalesce(from_then.name, from_now.name), coalesce(to_then.name, to_now.name),
    live.recorded_at, account.username, (count(*) over ())::integer
  from acts
  join live on live.id = acts.id
  join public.units unit on unit.id = live.unit_id
  join public.unit_kinds kind on kind.id = live.kind_id
  left join public.units from_now on from_now.id = acts.from_id
  left join public.unit_versions from_then on from_then.unit_id = acts.from_id and from_then.superseded_at is null and from_then.valid @> acts.day - 1
  left join public.units to_now on to_now.id = acts.to_id
  left join public.unit_versions to_then on to_then.unit_id = acts.to_id and to_then.superseded_at is null and to_then.valid @> acts.day
  left join identity.accounts account on account.id = live.recorded_by
  where (acts.from_id in (select id from inside) or acts.to_id in (select id from inside) or live.unit_id = in_unit_id)
    and (of_act is null or acts.act = of_act)
  order by acts.day desc, unit.path, acts.act
  limit least(greatest(page_size, 1), 1000) offset greatest(skip, 0);
end;

grant execute on function public.network_units(integer, date, text, text, text, text, integer, boolean, text, boolean, text, integer, integer),
  public.network_acts(integer, date, date, text, integer, integer) to authenticated;
