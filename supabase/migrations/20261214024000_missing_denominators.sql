-- Every unit that lacks the denominator of a figure, not the first three: of a unit and of each right below it, by the tree of the year.
create function public.missing_denominators(in_unit_id integer, counted_year integer, of_group text default 'resident')
returns table (row_code text, code text, name text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  with recursive row_of as (
    select in_unit_id as id
    union
    select tree.unit_id from private.tree_by_year tree
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
    where tree.parent_id = in_unit_id and tree.years @> counted_year
  ), walked as (
    select row_of.id as row_id, row_of.id, own.count
    from row_of left join public.populations own on own.unit_id = row_of.id and own.year = counted_year and own.group_id = of_group and own.area = 'all'
    union all
    select walked.row_id, child.id, own.count
    from walked
    join private.tree_by_year tree on tree.parent_id = walked.id and tree.years @> counted_year
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
    left join public.populations own on own.unit_id = child.id and own.year = counted_year and own.group_id = of_group and own.area = 'all'
    where walked.count is null
  )
  select named.code, unit.code, unit.name
  from walked join public.units unit on unit.id = walked.id join public.units named on named.id = walked.row_id
  where walked.count is null and not exists (
    select from private.tree_by_year tree
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
    where tree.parent_id = walked.id and tree.years @> counted_year)
  order by named.path, unit.path;
end $$;
grant execute on function public.missing_denominators(integer, integer, text) to authenticated;
