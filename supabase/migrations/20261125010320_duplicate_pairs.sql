-- The work list of probable duplicates by groups instead of joins of everybody with everybody: the planner knows nothing of
-- the people of a unit and would compare each with each. Of a group of many (a household's phone, a common name) the first six.
create or replace function public.duplicate_pairs(in_unit_id integer, page_size integer default 20, skip integer default 0)
returns table (one_id bigint, other_id bigint, reason text, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  with here as (
    select person.id, person.name, person.pinyin, person.sex, person.birth_year, person.residence_unit_id, home.parent_id as township_id
    from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
    where inside.id = in_unit_id
  ), alike as (
    select 1 as rank, (array_agg(here.id order by here.id))[:6] as ids
    from here join private.person_contacts contact on contact.person_id = here.id and contact.kind = 'id_number'
    group by contact.lookup having count(*) > 1
    union all
    -- A household shares a phone: the name, or what it sounds like, must agree as well.
    select 2, (array_agg(here.id order by here.id))[:6]
    from here join private.person_contacts contact on contact.person_id = here.id and contact.kind = 'phone'
    group by contact.lookup, coalesce(here.pinyin, here.name) having count(*) > 1
    union all
    select 3, (array_agg(here.id order by here.id))[:6]
    from here where here.birth_year is not null
    group by here.name, here.birth_year, here.township_id, here.sex having count(*) > 1
    union all
    select 4, (array_agg(here.id order by here.id))[:6]
    from here where here.birth_year is not null and here.pinyin is not null
    group by here.pinyin, here.birth_year, here.residence_unit_id, here.sex having count(*) > 1 and count(distinct here.name) > 1
  ), best as (
    select one.id as one_id, other.id as other_id, min(alike.rank) as rank
    from alike cross join unnest(alike.ids) one (id) join unnest(alike.ids) other (id) on other.id > one.id
    where not exists (select from public.distinct_persons apart where apart.one_id = one.id and apart.other_id = other.id)
    group by one.id, other.id
  )
  select best.one_id, best.other_id, (array['same_id_number', 'same_phone_and_name', 'same_name_and_year_here', 'same_sound_and_year_here'])[best.rank],
    (count(*) over ())::integer
  from best order by best.rank, best.one_id, best.other_id
  limit least(greatest(page_size, 1), 100) offset greatest(skip, 0);
end $$;
