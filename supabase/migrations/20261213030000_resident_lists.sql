-- The residents of a unit as a list: by village and name, a page at a time, with what is often looked for. A search finds somebody; this shows who is there.

-- A page walks along the villages in the order of the network and along this index inside each: it costs the same at the end of a county as at its beginning.
create index persons_standing_by_home_idx on public.persons (residence_unit_id, name, id) where merged_into is null;

-- The asking account sees the residents of the unit, and of a group only who is in a group that it sees.
create function private.require_residents(in_unit_id integer, of_group text) returns void
language plpgsql stable set search_path = '' as $$
begin
  perform private.require_sight(in_unit_id, 'names');
  if of_group is null then return; end if;
  if not exists (select from public.population_groups known where known.id = of_group) then perform private.refuse(404, 'group_unknown', '{"field": "group"}'); end if;
  if not private.sees_people_of(in_unit_id, of_group) then perform private.refuse(403, 'post_lacks_sight', '{"sight": "groups"}'); end if;
end $$;

-- Numbers of those looked for behind the person with the given one, in the order of villages, names and numbers, not more than so many. A card is one of the
-- row itself, as cards are issued; a phone, a group and a guardian one of any row of the person. Each is looked up by its index (a scalar subquery): an EXISTS
-- inside an OR is hashed, which reads the whole table once a village.
create function private.residents_asked(in_unit_id integer, of_group text, lacks text, after_person_id bigint, at_most integer) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  inside extensions.ltree := (select unit.path from public.units unit where unit.id = in_unit_id);
  today date := private.china_date(now());
  asked_group text := nullif(of_group, 'resident');
  ages int4range := (select known.ages from public.population_groups known where known.id = of_group);
  last record;
  village record;
  found bigint[] := '{}';
begin
  if lacks <> all ('{card,phone,guardian}') then perform private.refuse(422, 'resident_lack_unknown', '{"field": "lacks"}'); end if;
  select home.path, home.id as home_id, person.name, person.id into last
  from public.persons person join public.units home on home.id = person.residence_unit_id where person.id = after_person_id;
  for village in
    select home.id, home.path from public.units home
    where home.path operator(extensions.<@) inside and (last.path is null or home.path operator(extensions.>=) last.path)
    order by home.path
  loop
    found := found || array(
      select person.id from public.persons person
      where person.residence_unit_id = village.id and person.merged_into is null
        and (last.home_id is distinct from village.id or (person.name, person.id) > (last.name, last.id))
        and (asked_group is null
          or ages operator(pg_catalog.@>) (extract(year from today)::integer - person.birth_year)
          or (select true from public.person_groups entry where entry.person_id = person.id and entry.group_id = asked_group
            and entry.valid_from <= today and (entry.valid_to is null or entry.valid_to >= today) limit 1)
          or (select true from public.persons merged join public.person_groups entry on entry.person_id = merged.id
            where merged.counts_as = person.id and entry.group_id = asked_group and entry.valid_from <= today and (entry.valid_to is null or entry.valid_to >= today) limit 1))
        and (lacks is distinct from 'card' or (select true from public.person_cards card where card.person_id = person.id and card.revoked_at is null limit 1) is null)
        and (lacks is distinct from 'phone' or (select true from private.person_contacts contact where contact.kind = 'phone' and contact.person_id = person.id limit 1) is null
          and (select true from public.persons merged join private.person_contacts contact on contact.person_id = merged.id and contact.kind = 'phone'
            where merged.counts_as = person.id limit 1) is null)
        and (lacks is distinct from 'guardian' or person.birth_year >= private.china_year(now()) - 13
          and (select true from public.guardians link where link.child_id = person.id and (link.valid_to is null or link.valid_to >= today) limit 1) is null
          and (select true from public.persons merged join public.guardians link on link.child_id = merged.id
            where merged.counts_as = person.id and (link.valid_to is null or link.valid_to >= today) limit 1) is null
          and private.needs_guardian(person.birth_year))
      order by person.name, person.id limit at_most - cardinality(found));
    exit when cardinality(found) >= at_most;
  end loop;
  return found;
end $$;

-- A page of the residents of a unit. What is shown of them is what a search shows.
create function public.residents_of(in_unit_id integer, of_group text default null, lacks text default null, after_person_id bigint default null, page_size integer default 50)
returns table (person_id bigint, name text, sex text, birth_year smallint, home text, home_code text, township text, groups text[], has_account boolean, phone text, has_card boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  mine_groups extensions.ltree[] := private.my_unit_paths('groups');
  hidden text[] := array(select id from public.population_groups where is_sensitive);
begin
  perform private.require_residents(in_unit_id, of_group);
  return query
  select person.id, person.name, person.sex, person.birth_year, home.name, home.code, above.name,
    array(select one from unnest(private.groups_of_person(person.id)) one where home.path operator(extensions.<@) any (mine_groups) or one <> all (hidden)),
    private.has_account(person.id),
    (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(person.id)) limit 1),
    exists (select from public.person_cards card where card.person_id = person.id and card.revoked_at is null)
  from unnest(private.residents_asked(in_unit_id, of_group, lacks, after_person_id, least(greatest(page_size, 1), 200))) with ordinality as listed (id, place)
  join public.persons person on person.id = listed.id
  join public.units home on home.id = person.residence_unit_id
  left join public.units above on above.id = home.parent_id
  order by listed.place;
end $$;

-- How many residents are looked for, counted no further than ten thousand: beyond that it is enough to know that there are more.
create function public.count_residents(in_unit_id integer, of_group text default null, lacks text default null) returns integer
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_residents(in_unit_id, of_group);
  return cardinality(private.residents_asked(in_unit_id, of_group, lacks, null, 10001));
end $$;

-- The list was taken as a file: nobody takes one that is not written down.
create function public.note_residents_file(in_unit_id integer, asked jsonb, people integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.require_residents(in_unit_id, asked ->> 'group');
  perform private.audit('residents_exported', 'unit', (select unit.code from public.units unit where unit.id = in_unit_id), in_unit_id,
    jsonb_strip_nulls(jsonb_build_object('group', asked ->> 'group', 'lacks', asked ->> 'lacks', 'people', people)));
end $$;

grant execute on function public.residents_of(integer, text, text, bigint, integer), public.count_residents(integer, text, text),
  public.note_residents_file(integer, jsonb, integer) to authenticated;
