-- Whoever came by a channel to a subject, or in a group, has one record that is all of it: one of the channel and another of the subject were taken for it.
-- Age, sex, area and month are those of the first record of the year, as before.
create or replace function private.exact_coverage_people(in_unit_id integer, counted_year integer, counted_group text,
  page_size integer default 50, after_person_id bigint default 0, view_code text default 'all', slice_code text default null)
returns table (person_id bigint, name text, sex text, birth_year smallint, birth_decade integer, home text,
  person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  group_bit bigint := (select slice.group_bit from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  trait_bit bigint := (select slice.trait_bit from public.metric_slices slice where slice.kind || ':' || slice.code = slice_code and slice.kind <> 'group');
  paths extensions.ltree[] := private.my_unit_paths('names');
begin
  if not private.sees_unit(in_unit_id, 'figures') or asked_view.id is null or group_bit is null or (slice_code is not null and trait_bit is null) then
    return;
  end if;
  return query
  with page as (
    select stored.person_id, stored.unit_id, stored.fact_ids
    from private.person_years stored
    join public.unit_paths path on path.unit_id = stored.unit_id and path.years @> counted_year
    where stored.year = counted_year and stored.person_id > after_person_id and stored.group_bits & group_bit <> 0
      and path.ancestors @> array[in_unit_id]
      and (asked_view.id = 1 and trait_bit is null or exists (
        select from unnest(stored.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
        join public.participations first on first.id = stored.fact_ids[1]
        where counted_group = any (fact.groups)
          and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
          and (trait_bit is null or (private.channel_trait(fact.channel) | private.person_traits(first.year - first.birth_year, first.sex, first.area)
            | private.month_trait(first.started_at)) & trait_bit <> 0)))
    order by stored.person_id
    limit least(greatest(page_size, 1), 200)
  )
  select page.person_id, case when seen.named then person.name end, person.sex,
    case when seen.named then person.birth_year end, person.birth_year / 10 * 10, home.name, part.person_times, part.hours
  from page
  join public.units home on home.id = page.unit_id
  join public.persons person on person.id = page.person_id
  join public.units residence on residence.id = person.residence_unit_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) as named) seen
  cross join lateral (
    select count(*)::integer as person_times, sum(fact.hours) as hours
    from unnest(page.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
    where counted_group = any (fact.groups)
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
  ) part
  order by page.person_id;
end $$;
