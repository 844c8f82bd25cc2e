-- Populations of a year go by the tree of that year, as coverage does: a village that was merged since is still a village of its township in the
-- years before, and the survivor is one without units below it. Who may see them goes by the tree of today. They run as the owner and ask
-- private.sees_unit(), because a unit that has left since is in nobody's policy any more and yet part of what was reported.

-- The grid: a unit and the administrations that stood right below it, with the figure in force of each cell; what waits or was returned is for those who
-- have the unit today, and so is handing in.
drop function public.population_grid(integer, integer);
create function public.population_grid(in_unit_id integer, counted_year integer)
returns table (unit_id integer, unit_code text, unit_name text, level text, is_parent boolean, can_enter boolean, group_id text, area text, count integer, source text, as_of date,
  status text, entered_at timestamptz, waiting_count integer, waiting_withdraws boolean, returned_reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  paths extensions.ltree[] := private.my_unit_paths('figures');
  entered_at_paths extensions.ltree[] := private.my_unit_paths('populations');
  parent_seen boolean := private.sees_unit(in_unit_id, 'figures');
begin
  return query
  with shown as materialized (
    select unit.id, unit.code, unit.name, unit.level, unit.path, unit.id = in_unit_id as is_parent,
      unit.path operator(extensions.<@) any (paths) as is_seen, unit.path operator(extensions.<@) any (entered_at_paths) as can_enter
    from public.units unit
    where unit.id in (
        select in_unit_id
        union all
        select tree.unit_id from private.tree_by_year tree where tree.parent_id = in_unit_id and tree.years @> counted_year)
      and unit.kind_id = 'administration'
      and (unit.id = in_unit_id or private.stood_in(unit.opened_on, unit.closed_on, counted_year))
      and (parent_seen or unit.path operator(extensions.<@) any (paths))
  ), cells as (
    select version.unit_id, version.group_id, version.area
    from shown join public.population_versions version on version.unit_id = shown.id and version.year = counted_year
    where shown.is_seen
    union
    select current.unit_id, current.group_id, current.area
    from shown join public.populations current on current.unit_id = shown.id and current.year = counted_year
  )
  select shown.id, shown.code, shown.name, shown.level, shown.is_parent, shown.can_enter, cells.group_id, cells.area, current.count, current.source, current.as_of,
    current.status, current.entered_at, waiting.count,
    waiting.id is not null and waiting.count is null, returned.reason
  from shown
  left join cells on cells.unit_id = shown.id
  left join public.populations current on current.unit_id = cells.unit_id and current.year = counted_year
    and current.group_id = cells.group_id and current.area = cells.area
  left join public.population_versions waiting on shown.is_seen and waiting.unit_id = cells.unit_id and waiting.year = counted_year
    and waiting.group_id = cells.group_id and waiting.area = cells.area and waiting.status = 'entered'
    and waiting.id is distinct from current.version_id
  left join lateral (
    select latest.reason from (
      select version.status, version.reason from public.population_versions version
      where version.unit_id = cells.unit_id and version.year = counted_year and version.group_id = cells.group_id and version.area = cells.area
      order by version.id desc limit 1
    ) latest where shown.is_seen and latest.status = 'returned'
  ) returned on true
  order by shown.is_parent desc, shown.path, cells.group_id, cells.area;
end $$;

-- A unit's own official total beside the sum of the units that stood below it, group by group: one without a figure of its own takes its sum in turn.
-- Where a unit lacks one the sum is that of the others, and says how many are missing.
create or replace function public.population_sums(in_unit_id integer, counted_year integer, counted_area text default 'all')
returns table (group_id text, own integer, below bigint, missing integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  paths extensions.ltree[] := private.my_unit_paths('figures');
  parent_seen boolean := private.sees_unit(in_unit_id, 'figures');
begin
  return query
  with recursive walked as (
    select population_group.id as group_id, child.id, current.count
    from public.population_groups population_group
    join private.tree_by_year tree on tree.parent_id = in_unit_id and tree.years @> counted_year
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration'
      and private.stood_in(child.opened_on, child.closed_on, counted_year)
      and (parent_seen or child.path operator(extensions.<@) any (paths))
    left join public.populations current on current.unit_id = child.id and current.year = counted_year
      and current.group_id = population_group.id and current.area = counted_area
    union all
    select walked.group_id, child.id, current.count
    from walked
    join private.tree_by_year tree on tree.parent_id = walked.id and tree.years @> counted_year
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration'
      and private.stood_in(child.opened_on, child.closed_on, counted_year)
    left join public.populations current on current.unit_id = child.id and current.year = counted_year
      and current.group_id = walked.group_id and current.area = counted_area
    where walked.count is null
  ), summed as (
    select walked.group_id, sum(walked.count) as below, count(*) filter (where walked.count is null and not exists (
      select from private.tree_by_year tree
      join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
      where tree.parent_id = walked.id and tree.years @> counted_year))::integer as missing
    from walked group by walked.group_id
  )
  select population_group.id, own.count, summed.below, coalesce(summed.missing, 0)
  from public.population_groups population_group
  left join summed on summed.group_id = population_group.id
  left join public.populations own on parent_seen and own.unit_id = in_unit_id and own.year = counted_year and own.group_id = population_group.id
    and own.area = counted_area
  where own.count is not null or summed.below is not null
  order by population_group.position;
end $$;

-- Which figures are missing below a unit: of every administration that had no others below it in that year, the groups without a figure.
-- A group is asked for when it is residents, or when any unit of the region has a figure of it for this year or the year
-- before. Each with the posts that hand figures in there today, the nearest first; names for whoever sees names there. Definer:
-- what is asked for goes by the whole region, and the policy of persons by residence.
create or replace function public.population_gaps(in_unit_id integer, counted_year integer, page_size integer default 100, skip integer default 0)
returns table (unit_code text, unit_name text, above_name text, group_ids text[], responsible jsonb, total integer)
language sql stable security definer set search_path = ''
begin atomic
  with asked as (
    select population_group.id, population_group.position from public.population_groups population_group
    where population_group.id = 'resident' or exists (
      select from public.populations known where known.group_id = population_group.id and known.year in (counted_year, counted_year - 1))
  ), leaves as (
    select unit.id, unit.code, unit.name, tree.parent_id, unit.path
    from private.tree_by_year tree
    join public.units unit on unit.id = tree.unit_id and unit.kind_id = 'administration' and private.stood_in(unit.opened_on, unit.closed_on, counted_year)
    where private.sees_unit(in_unit_id, 'figures') and tree.ancestors @> array[in_unit_id] and tree.years @> counted_year
      and not exists (
        select from private.tree_by_year below
        join public.units child on child.id = below.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
        where below.parent_id = unit.id and below.years @> counted_year)
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

-- All figures in force of a year at a unit and at those that stood below it, for a file.
create or replace function public.population_table(in_unit_id integer, counted_year integer)
returns table (unit_code text, unit_name text, level text, group_id text, area text, count integer, source text, as_of date, status text)
language sql stable security definer set search_path = ''
begin atomic
  select unit.code, unit.name, unit.level, current.group_id, current.area, current.count, current.source, current.as_of, current.status
  from public.unit_paths placed
  join public.units unit on unit.id = placed.unit_id
  join public.populations current on current.unit_id = unit.id and current.year = counted_year
  join public.population_groups population_group on population_group.id = current.group_id
  where private.sees_unit(in_unit_id, 'figures') and placed.ancestors @> array[in_unit_id] and placed.years @> counted_year
  order by unit.path, population_group.position, current.area;
end;

grant execute on function public.population_grid(integer, integer) to authenticated;
