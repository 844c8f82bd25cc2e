-- How many of those who run community education were trained in a year (rule 8 of DOMAIN.md 21.3, four in five). Trainees are on record as anybody else;
-- they count here and never for coverage.
alter table public.post_roles add column is_staff boolean not null default false;
comment on column public.post_roles.is_staff is 'Whether holders run community education and so are to be trained each year: not those of other departments, inspectors and administrators of the portal.';
update public.post_roles set is_staff = true where id in ('manager', 'head', 'tutor', 'teacher', 'lecturer', 'publisher');

-- Of a unit and all below, in the tree of that year: who held a post at any time of the year, by role, and who of them came to a training of staff. The row
-- without a role is everybody, each once. Who sees no names there sees no small numbers; everybody is hidden where any role is.
create function public.staff_training_share(in_unit_id integer, counted_year integer)
returns table (role_id text, zh text, en text, holders integer, trained integer)
language plpgsql stable security definer set search_path = '' as $$ -- definer: posts and records are read by fewer than figures are
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
begin
  perform private.require_sight(in_unit_id, 'figures');
  return query
  with around as materialized (
    select tree.unit_id, tree.parent_id from private.tree_around(in_unit_id, counted_year, 1::smallint) tree where not is_exact or tree.unit_id = in_unit_id
  ), held as materialized (
    select distinct coalesce(person.counts_as, person.id) as person_id, post.role_id, placed.ancestors
    from public.posts post
    join public.post_roles role on role.id = post.role_id and role.is_staff
    join public.persons person on person.id = post.person_id
    join public.unit_paths placed on placed.unit_id = post.unit_id and placed.years @> counted_year
    where post.valid_from <= make_date(counted_year, 12, 31) and coalesce(post.valid_to >= make_date(counted_year, 1, 1), true)
      and (not is_exact or placed.ancestors @> array[in_unit_id])
  ), taught as materialized (
    select one.person_id from (select distinct held.person_id from held) one
    where exists (
      select from private.rows_of_person(one.person_id) as row_id
      join public.participations fact on fact.person_id = row_id and fact.year = counted_year and fact.role = 'trainee' and fact.status = 'attended'
      where not exists (select from public.participations later where later.corrects = fact.id))
  ), placed as materialized (
    select around.unit_id, around.parent_id, held.role_id, count(distinct held.person_id)::integer as holders, count(distinct taught.person_id)::integer as trained
    from around join held on held.ancestors @> array[around.unit_id] left join taught on taught.person_id = held.person_id
    group by grouping sets ((around.unit_id, around.parent_id, held.role_id), (around.unit_id, around.parent_id))
  ), judged as materialized (
    select around.unit_id, around.parent_id, role.id as role_id, coalesce(placed.holders, 0) as holders, coalesce(placed.trained, 0) as trained,
      coalesce(placed.holders between 1 and 4 or placed.trained between 1 and 4 or placed.holders - placed.trained between 1 and 4, false) as is_small
    from around cross join (select one.id from public.post_roles one where one.is_staff union all select null) role (id)
    left join placed on placed.unit_id = around.unit_id and placed.role_id is not distinct from role.id
  ), hidden as materialized (
    select judged.role_id, private.hide_small(array_agg(row(judged.unit_id, judged.parent_id, judged.holders, judged.is_small)::private.small_number_unit)) as unit_id
    from judged where not is_exact and judged.role_id is not null group by judged.role_id
  ), hidden_whole as materialized (
    select private.hide_small(array_agg(row(judged.unit_id, judged.parent_id, judged.holders,
      judged.is_small or judged.unit_id in (select hidden.unit_id from hidden))::private.small_number_unit)) as unit_id
    from judged where not is_exact and judged.role_id is null having count(*) > 0
  )
  select judged.role_id, role.zh, role.en, case when shown.is_shown then judged.holders end, case when shown.is_shown then judged.trained end
  from judged left join public.post_roles role on role.id = judged.role_id
  cross join lateral (
    select case when judged.role_id is null then not exists (select from hidden_whole where hidden_whole.unit_id = judged.unit_id)
      else not exists (select from hidden where hidden.unit_id = judged.unit_id and hidden.role_id = judged.role_id) end as is_shown
  ) shown
  where judged.unit_id = in_unit_id and (judged.role_id is null or judged.holders > 0 or not shown.is_shown)
  order by judged.role_id is null, array_position(array['head', 'manager', 'tutor', 'teacher', 'lecturer', 'publisher'], judged.role_id);
end $$;
grant execute on function public.staff_training_share(integer, integer) to authenticated;
