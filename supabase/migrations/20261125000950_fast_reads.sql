-- What every read of the desk asks first, in a form that keeps its plan: a function in SQL is planned again at each call.

-- The person behind the request, or null. Definer: identity is closed to API roles.
create or replace function private.my_person_id() returns bigint
language plpgsql stable security definer set search_path = '' as $$
begin
  return (
    select coalesce(person.counts_as, person.id)
    from identity.accounts account join public.persons person on person.id = account.person_id
    where account.id = auth.uid() and account.disabled_at is null
  );
end $$;

-- The subtrees in which the asking account holds a post today that grants the given sight; none before a first password has been
-- changed. From the person's own rows to their posts, not from everybody's posts to the person.
create or replace function private.my_unit_paths(sight text) returns extensions.ltree[]
language plpgsql stable security definer set search_path = '' as $$
declare
  me bigint := private.my_person_id();
  today date := private.china_date(now());
begin
  if me is null or exists (select from identity.accounts account where account.id = auth.uid() and account.must_change_password) then
    return '{}';
  end if;
  return (
    select coalesce(array_agg(distinct above.path), '{}')
    from (select me as person_id union all select person.id from public.persons person where person.counts_as = me) mine
    join public.posts post on post.person_id = mine.person_id
    join public.post_roles role on role.id = post.role_id
    join public.units unit on unit.id = post.unit_id
    join public.unit_kinds kind on kind.id = unit.kind_id
    join public.units above on above.id = case kind.nature when 'administration' then unit.id else unit.parent_id end
    where post.valid_from <= today and (post.valid_to is null or post.valid_to >= today) and my_unit_paths.sight = any (role.sights)
  );
end $$;

-- Denominators of units in a year, by group. Most units have a figure of their own for every group; only those without are summed.
alter function private.populations_of(integer[], integer, text[]) rename to summed_populations;
create function private.populations_of(unit_ids integer[], counted_year integer, group_ids text[])
returns table (unit_id integer, group_id text, population bigint, source text, missing_count integer, missing_names text[])
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  asked integer := cardinality(unit_ids) * cardinality(group_ids);
  own integer;
begin
  return query
    select current.unit_id, current.group_id, current.count::bigint, current.source, 0, array[]::text[]
    from public.populations current
    where current.unit_id = any (unit_ids) and current.year = counted_year and current.group_id = any (group_ids) and current.area = 'all';
  get diagnostics own = row_count;
  if own < asked then
    return query
      select summed.unit_id, summed.group_id, summed.population, summed.source, summed.missing_count, summed.missing_names
      from private.summed_populations(unit_ids, counted_year, group_ids) summed
      where not exists (
        select from public.populations current
        where current.unit_id = summed.unit_id and current.year = counted_year and current.group_id = summed.group_id and current.area = 'all');
  end if;
end $$;

-- The facts that figures count. That a correction points somewhere is said, so that the index of corrections answers: it holds few
-- rows, the table millions.
create or replace view private.counted_participations as
  select fact.* from public.participations fact
  where fact.status = 'attended' and fact.role in ('learner', 'guardian')
    and not exists (select from public.participations later where later.corrects = fact.id and later.corrects is not null);
