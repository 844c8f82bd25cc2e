-- The list of figures to approve asked for the posts of the caller once for every unit; now once.
create or replace function public.populations_to_approve(in_unit_id integer, page_size integer default 200)
returns table (version_id bigint, unit_code text, unit_name text, above_name text, year integer, group_id text, area text, count integer, source text,
  as_of date, entered_at timestamptz, entered_by_username text, is_own boolean, approved_count integer, approved_at timestamptz, total integer)
language sql stable security definer set search_path = ''
begin atomic
  with mine as materialized (
    select path from unnest(private.my_unit_paths('approval')) as path
  )
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
  where inside.id = in_unit_id and exists (
    select from mine where unit.path operator(extensions.<@) mine.path
      and (unit.path operator(extensions.<>) mine.path or extensions.nlevel(unit.path) = 1))
  order by waiting.year desc, unit.path, waiting.group_id, waiting.area
  limit least(greatest(page_size, 1), 500);
end;

-- How many people of each group were reached at a unit and at those below it in the tree of that year: a population below
-- that cannot be right. Definer: cells are read through functions; this asks for the sight first.
create function public.people_reached(in_unit_id integer, counted_year integer)
returns table (unit_code text, group_id text, persons integer)
language sql stable security definer set search_path = ''
begin atomic
  select unit.code, slice.code, cell.persons
  from public.units inside
  join lateral (
    select inside.id as unit_id
    union all
    select tree.unit_id from private.tree_by_year tree where tree.parent_id = inside.id and tree.years @> counted_year
  ) shown on true
  join public.units unit on unit.id = shown.unit_id
  join public.coverage_cells cell on cell.unit_id = unit.id and cell.year = counted_year and cell.axis = 0 and cell.view_id = 1 and cell.persons > 0
  join public.metric_slices slice on slice.id = cell.slice_id and slice.kind = 'group'
  where inside.id = in_unit_id and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[]);
end;
grant execute on function public.people_reached(integer, integer) to authenticated;
