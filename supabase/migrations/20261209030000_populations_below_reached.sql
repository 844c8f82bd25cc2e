-- A list of populations warns of a number below that of the people reached, as the grid does; both by area too.

drop function public.people_reached(integer, integer);
-- How many people of each group, and of all residents by area, were reached at a unit and at those below it in the tree of that year: a population
-- below that cannot be right. Only for whoever may see these people one by one; to others small numbers are not told. Definer: cells are read through
-- functions.
create function public.people_reached(in_unit_id integer, counted_year integer)
returns table (unit_code text, group_id text, area text, persons integer)
language sql stable security definer set search_path = ''
begin atomic
  select unit.code, told.group_id, told.area, cell.persons
  from (
    select slice.id, case slice.kind when 'group' then slice.code else 'resident' end as group_id, case slice.kind when 'area' then slice.code else 'all' end as area
    from public.metric_slices slice where slice.kind in ('group', 'area')
  ) told
  cross join lateral (
    select in_unit_id as unit_id
    union all
    select tree.unit_id from private.tree_by_year tree where tree.parent_id = in_unit_id and tree.years @> counted_year
  ) shown
  join public.units unit on unit.id = shown.unit_id
  join public.coverage_cells cell on cell.unit_id = unit.id and cell.year = counted_year and cell.axis = 0 and cell.view_id = 1 and cell.persons > 0 and cell.slice_id = told.id
  where private.sees_people_of(in_unit_id, told.group_id);
end;
grant execute on function public.people_reached(integer, integer) to authenticated;

-- Whether whoever brought in a list has a sight there: the check is made by a job, in nobody's name.
create function private.import_sees(of_import public.imports, sight text) returns boolean
language sql stable set search_path = ''
return exists (
  select from identity.accounts account join public.persons named on named.id = account.person_id
  join public.persons mine on coalesce(mine.counts_as, mine.id) = coalesce(named.counts_as, named.id)
  join public.posts post on post.person_id = mine.id and post.valid_from <= private.china_date(now()) and (post.valid_to is null or post.valid_to >= private.china_date(now()))
  join public.post_roles role on role.id = post.role_id and import_sees.sight = any (role.sights)
  join public.units above on above.id = private.administration_of(post.unit_id)
  join public.units place on place.id = of_import.unit_id and place.path operator(extensions.<@) above.path
  where account.id = of_import.created_by);

create or replace function private.check_populations(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
declare
  sees_names boolean := private.import_sees(of_import, 'names');
  sees_groups boolean := private.import_sees(of_import, 'groups');
begin
  insert into private.import_refusals (import_id, line, field, code, by_file)
  select of_import.id, staged.line, 'unit', 'import_unit_outside', false
  from private.import_rows staged join public.units unit on unit.id = staged.unit_id
  where staged.import_id = of_import.id and staged.state <> 'refused' and not unit.path operator(extensions.<@) inside;
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged
  set key = concat_ws(':', staged.unit_id, staged.details ->> 'year', staged.details ->> 'group', staged.details ->> 'area')
  where staged.import_id = of_import.id and staged.state <> 'refused';
  -- Two numbers for one cell: which is right is not for us to say.
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, twice.line, 'count', 'import_cell_twice', jsonb_build_object('line', twice.first_line), false
  from (
    select line, details, first_value(details) over cell as first_details, first_value(line) over cell as first_line
    from private.import_rows where import_rows.import_id = of_import.id and state <> 'refused' window cell as (partition by key order by line)
  ) twice where twice.details <> twice.first_details;
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged
  set state = case
    when counted.nth > 1 then 'repeated'
    when private.import_population_known(staged.unit_id, staged.details) then 'known'
    else 'read' end
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line;

  -- Fewer people than learned there: the number may be of something else, or the residents of a neighbour. It is taken all the same.
  -- How many were reached is told to whoever sees them one by one.
  insert into private.import_warnings (import_id, line, field, code, details)
  select of_import.id, staged.line, 'count', 'import_below_reached',
    jsonb_build_object('unit', unit.name, 'year', cell.year, 'count', (staged.details ->> 'count')::integer, 'reached', cell.persons)
  from private.import_rows staged
  join public.units unit on unit.id = staged.unit_id
  join public.metric_slices slice on case staged.details ->> 'area' when 'all' then slice.kind = 'group' and slice.code = staged.details ->> 'group'
    else slice.kind = 'area' and slice.code = staged.details ->> 'area' and staged.details ->> 'group' = 'resident' end
  join public.coverage_cells cell on cell.year = (staged.details ->> 'year')::integer and cell.axis = 0 and cell.view_id = 1 and cell.slice_id = slice.id and cell.unit_id = staged.unit_id
  where staged.import_id = of_import.id and staged.state in ('read', 'known') and (staged.details ->> 'count')::integer < cell.persons
    and sees_names and (sees_groups or not exists (select from public.population_groups named where named.id = staged.details ->> 'group' and named.is_sensitive));
end $$;

