-- Person-times and hours open their rows too: the records that they are the number and the sum of, for whoever may see the people behind the figure.

-- The slices by residence that a record counts in: age, sex and area of the person's `first` record of the year, channel and month its own.
create function private.record_traits(record public.participations, first public.participations) returns bigint
language sql immutable
return private.person_traits(first.year - first.birth_year, first.sex, first.area) | private.channel_trait(record.channel) | private.month_trait(record.started_at);

-- The records behind a figure, a page at a time, in the order of its people. Who is named is named in the list of people; what it was is told
-- where either the person counts or the host works within what the asking post sees by name. `slice_code` narrows to a slice by residence, as
-- 'area:rural', 'channel:web' or 'month:05': area, age and sex are those of the person's first record of the year, channel and month each record's own.
create function public.figure_records(in_unit_id integer, counted_year integer, counted_group text, axis_name text default 'residence', view_code text default 'all',
  page_size integer default 50, after_person_id bigint default 0, after_record_id bigint default 0, slice_code text default null)
returns table (record_id bigint, person_id bigint, name text, home text, started_at timestamptz, kind text, category_zh text, category_en text, title text, host text, channel text, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  asked_slice public.metric_slices := (select slice from public.metric_slices slice where slice.kind <> 'group' and slice.kind || ':' || slice.code = slice_code);
  group_bit bigint := (select slice.group_bit from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  hosts integer[] := array(select path.unit_id from public.unit_paths path where path.years @> counted_year and path.ancestors @> array[in_unit_id]);
  paths extensions.ltree[] := private.my_unit_paths('names');
  -- Everybody has a record; whoever the page before ended with may have no more.
  most integer := least(greatest(page_size, 1), 199);
begin
  if axis_name in ('residence', 'organiser') is not true or asked_view.id is null then return; end if;
  if slice_code is not null and (asked_slice.id is null or axis_name = 'organiser') or not private.sees_people_of(in_unit_id, counted_group) then return; end if;
  return query
  with people as materialized (
    select one.person_id
    from public.coverage_people(in_unit_id, counted_year, counted_group, most + 1, greatest(after_person_id - 1, 0), view_code, slice_code) one
    where axis_name = 'residence' and (asked_slice.kind in ('month', 'channel')) is not true
    union all
    select one.person_id
    from public.organised_people(in_unit_id, counted_year, counted_group, most + 1, greatest(after_person_id - 1, 0), view_code) one where axis_name = 'organiser'
    union all
    -- People count in the month of their first record, records each in their own; the channel is the record's that is of the view and the group.
    (select counted.person_id
      from private.person_years counted join public.unit_paths path on path.unit_id = counted.unit_id and path.years @> counted_year
      where asked_slice.kind in ('month', 'channel') and counted.year = counted_year and counted.person_id >= after_person_id and counted.group_bits & group_bit <> 0
        and path.ancestors @> array[in_unit_id] and exists (
          select from unnest(counted.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
          where counted_group = any (fact.groups) and case asked_slice.kind when 'month' then private.month_trait(fact.started_at) else private.channel_trait(fact.channel) end = asked_slice.trait_bit
            and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id))
      order by counted.person_id limit most + 1)
  ), page as (
    select counted.person_id, counted.unit_id, fact.id as record_id
    from people join private.person_years counted on counted.year = counted_year and counted.person_id = people.person_id
    join public.participations first on first.id = counted.fact_ids[1]
    cross join lateral unnest(counted.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
    where counted_group = any (fact.groups) and (counted.person_id > after_person_id or fact.id > after_record_id)
      and (axis_name = 'residence' or fact.host_unit_id = any (hosts))
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
      and (asked_slice.id is null or private.record_traits(fact, first) & asked_slice.trait_bit <> 0)
    order by counted.person_id, fact.id limit most
  )
  select fact.id, page.person_id, case when person_home.path operator(extensions.<@) any (paths) then person.name end, home.name, fact.started_at, fact.kind, category.zh, category.en,
    case when seen.told then coalesce(private.record_title(fact.id), course.title) end, case when seen.told then host.name end, fact.channel, fact.hours
  from page join public.participations fact on fact.id = page.record_id
  join public.units home on home.id = page.unit_id
  join public.persons person on person.id = page.person_id
  join public.units person_home on person_home.id = person.residence_unit_id
  join public.units residence on residence.id = fact.residence_unit_id
  left join public.units host on host.id = fact.host_unit_id
  left join public.categories category on category.id = fact.category_id
  left join public.courses course on course.id = fact.course_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) or coalesce(host.path operator(extensions.<@) any (paths), false) as told) seen
  order by page.person_id, fact.id;
end $$;

-- The records behind a figure counted one by one, to hold against it. Null where there are so many that nobody waits for it, or where the asker sees no names.
create function public.figure_records_sum(in_unit_id integer, counted_year integer, counted_group text, axis_name text default 'residence', view_code text default 'all',
  slice_code text default null)
returns table (records integer, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  asked_slice public.metric_slices := (select slice from public.metric_slices slice where slice.kind <> 'group' and slice.kind || ':' || slice.code = slice_code);
  group_slice public.metric_slices := (select slice from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  inside integer[] := array(select path.unit_id from public.unit_paths path where path.years @> counted_year and path.ancestors @> array[in_unit_id]);
begin
  if not private.sees_people_of(in_unit_id, counted_group) or asked_view.id is null or group_slice.id is null or axis_name in ('residence', 'organiser') is not true then return; end if;
  if slice_code is not null and (asked_slice.id is null or axis_name = 'organiser') then return; end if;
  if axis_name = 'organiser' and not private.sees_taught_people_of(in_unit_id, counted_group) then return; end if;
  if coalesce((select cell.person_times from public.coverage_cells cell where cell.year = counted_year and cell.axis = case axis_name when 'organiser' then 1 else 0 end
      and cell.view_id = asked_view.id and cell.slice_id = group_slice.id and cell.unit_id = in_unit_id), 0) > 20000 then return; end if;
  if axis_name = 'organiser' then
    return query
    select count(*)::integer, coalesce(sum(fact.hours), 0)
    from public.participations fact
    join public.persons person on person.id = fact.person_id
    join private.person_years counted on counted.year = counted_year and counted.person_id = coalesce(person.counts_as, person.id) and fact.id = any (counted.fact_ids)
    where fact.host_unit_id = any (inside) and fact.year = counted_year and counted_group = any (fact.groups)
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id);
  else
    return query
    select count(*)::integer, coalesce(sum(fact.hours), 0)
    from private.person_years counted
    join public.participations first on first.id = counted.fact_ids[1]
    cross join lateral unnest(counted.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
    where counted.year = counted_year and counted.unit_id = any (inside) and counted.group_bits & group_slice.group_bit <> 0 and counted_group = any (fact.groups)
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
      and (asked_slice.id is null or private.record_traits(fact, first) & asked_slice.trait_bit <> 0);
  end if;
end $$;

grant execute on function public.figure_records(integer, integer, text, text, text, integer, bigint, bigint, text), public.figure_records_sum(integer, integer, text, text, text, text) to authenticated;
