-- Who is unemployed, disabled or in need is seen by the post that needs it (DOMAIN.md 3), not by everybody who sees names: a sight of its own. Everybody
-- still sees how many there are, and whoever registers people may still write what they were shown a proof of.

alter table public.population_groups add column is_sensitive boolean not null default false;
update public.population_groups set is_sensitive = true where id in ('laid_off_registered', 'special_groups');

alter table public.post_roles drop constraint post_roles_sights_check;
alter table public.post_roles add constraint post_roles_sights_check
  check (sights <@ array['desk', 'figures', 'names', 'groups', 'people', 'activities', 'network', 'populations', 'approval', 'posts', 'audit']);
update public.post_roles set sights = sights || '{groups}' where id in ('manager', 'head');

alter policy "Groups are read by the person and by staff who see names" on public.person_groups
  using (person_id in (select private.my_person_ids())
    or exists (select from public.persons person where person.id = person_groups.person_id
      and person.residence_unit_id in (select private.my_units('names'))
      and (not exists (select from public.population_groups named where named.id = person_groups.group_id and named.is_sensitive)
        or person.residence_unit_id in (select private.my_units('groups')))));

-- As before, but for the groups that the post does not see.
create or replace function public.find_people(query text, in_unit_id integer, phone_lookup text default null, id_lookup text default null,
  page_size integer default 20, skip integer default 0)
returns table (person_id bigint, name text, sex text, birth_year smallint, home text, home_code text, groups text[],
  has_account boolean, phone text, matched text, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  inside extensions.ltree := (select unit.path from public.units unit where unit.id = in_unit_id);
  mine extensions.ltree[] := private.my_unit_paths('names');
  mine_groups extensions.ltree[] := private.my_unit_paths('groups');
  text_typed text := lower(trim(find_people.query));
  letters text := replace(replace(replace(replace(lower(find_people.query), ' ', ''), '''', ''), '’', ''), 'ü', 'v');
  card text := private.read_card_number(find_people.query);
  literal text := regexp_replace(text_typed, '([\\%_])', '\\\1', 'g');
begin
  if inside is null or mine = '{}' or text_typed = '' then return; end if;
  return query
  with hits as (
    select person.id, case when lower(person.name) = text_typed then 1 when starts_with(lower(person.name), text_typed) then 2 else 3 end as rank, 'name' as matched
    from public.persons person
    where string_to_array(lower(person.name), null) operator(pg_catalog.@>) string_to_array(text_typed, null)
      and lower(person.name) like '%' || literal || '%'
    union all
    select person.id, case when replace(person.pinyin, ' ', '') = letters then 2 else 4 end, 'pinyin'
    from public.persons person
    where letters ~ '^[a-z]+$' and replace(person.pinyin, ' ', '') like letters || '%'
    union all
    select person.id, case when person.initials = letters then 3 else 5 end, 'initials'
    from public.persons person
    where letters ~ '^[a-z]{2,}$' and person.initials like letters || '%'
    union all
    select contact.person_id, 1, 'phone_tail' from private.person_contacts contact
    where text_typed ~ '^[0-9]{4}$' and contact.kind = 'phone' and contact.tail = text_typed
    union all
    select contact.person_id, 0, contact.kind from private.person_contacts contact
    where contact.lookup = any (array[decode(find_people.phone_lookup, 'hex'), decode(find_people.id_lookup, 'hex')])
    union all
    select held.person_id, 0, 'card' from public.person_cards held where held.number = card
  ), found as (
    select coalesce(hit.counts_as, hit.id) as id, min(hits.rank) as rank, (array_agg(hits.matched order by hits.rank))[1] as matched
    from hits join public.persons hit on hit.id = hits.id
    group by coalesce(hit.counts_as, hit.id)
  ), shown as (
    select person.id, person.name, person.sex, person.birth_year, home.name as home, home.code as home_code, home.path as home_path, found.rank, found.matched,
      (count(*) over ())::integer as total
    from found
    join public.persons person on person.id = found.id
    join public.units home on home.id = person.residence_unit_id
    where home.path operator(extensions.<@) inside and home.path operator(extensions.<@) any (mine)
    order by found.rank, person.name, person.id
    limit least(greatest(page_size, 1), 100) offset greatest(skip, 0)
  )
  select shown.id, shown.name, shown.sex, shown.birth_year, shown.home, shown.home_code,
    array(select one from unnest(private.groups_of_person(shown.id)) one where shown.home_path operator(extensions.<@) any (mine_groups) or one not in (select id from public.population_groups where is_sensitive)),
    private.has_account(shown.id),
    (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(shown.id)) limit 1),
    shown.matched, shown.total
  from shown order by shown.rank, shown.name, shown.id;
end $$;

-- Everything the desk shows about a person on one page. Numbers are masked, groups shown as far as the post sees them.
create or replace function public.person_at_desk(of_person_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  home_id integer := private.require_person(of_person_id, 'names');
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
  rows bigint[] := array(select private.rows_of_person(of_person_id));
  today date := private.china_date(now());
  sees_groups boolean := private.sees_unit(home_id, 'groups');
begin
  return (
    select jsonb_build_object(
      'id', person.id, 'name', person.name, 'sex', person.sex, 'birthYear', person.birth_year, 'pinyin', person.pinyin, 'initials', person.initials,
      'home', jsonb_build_object('id', home.id, 'code', home.code, 'name', home.name, 'closedOn', home.closed_on),
      'township', (select above.name from public.units above where above.id = home.parent_id),
      'countyId', (select above.parent_id from public.units above where above.id = home.parent_id),
      'registeredOn', private.china_date(person.created_at), 'hasAccount', private.has_account(person.id),
      'mayEdit', home.path operator(extensions.<@) any (private.my_unit_paths('people')),
      'ageGroups', (select coalesce(jsonb_agg(jsonb_build_object('id', groups.id, 'zh', groups.zh, 'en', groups.en) order by groups.position), '[]')
        from public.population_groups groups where groups.ages @> (extract(year from today)::integer - person.birth_year)),
      'groups', (select coalesce(jsonb_agg(jsonb_build_object('personId', entry.person_id, 'id', groups.id, 'zh', groups.zh, 'en', groups.en, 'source', entry.source,
          'proofSeen', entry.proof_seen, 'from', entry.valid_from, 'to', entry.valid_to, 'isOver', entry.valid_to < today)
          order by entry.valid_to nulls first, entry.valid_from), '[]')
        from public.person_groups entry join public.population_groups groups on groups.id = entry.group_id
        where entry.person_id = any (rows) and (sees_groups or not groups.is_sensitive)),
      'hidesGroups', not sees_groups,
      'contacts', (select coalesce(jsonb_agg(jsonb_build_object('personId', contact.person_id, 'kind', contact.kind, 'masked', contact.masked)
          order by contact.kind desc, contact.person_id <> root_id), '[]')
        from private.person_contacts contact where contact.person_id = any (rows)),
      'guardians', (select coalesce(jsonb_agg(jsonb_build_object('linkId', link.id, 'personId', coalesce(other.counts_as, other.id), 'name', other.name,
          'relation', link.relation, 'consent', link.consent, 'from', link.valid_from, 'to', link.valid_to) order by link.valid_to nulls first, link.id), '[]')
        from public.guardians link join public.persons other on other.id = link.guardian_id where link.child_id = any (rows)),
      'children', (select coalesce(jsonb_agg(jsonb_build_object('linkId', link.id, 'personId', coalesce(other.counts_as, other.id), 'name', other.name,
          'birthYear', other.birth_year, 'relation', link.relation, 'consent', link.consent, 'from', link.valid_from, 'to', link.valid_to)
          order by link.valid_to nulls first, link.id), '[]')
        from public.guardians link join public.persons other on other.id = link.child_id where link.guardian_id = any (rows)),
      'cards', (select coalesce(jsonb_agg(jsonb_build_object('number', card.number, 'issuedAt', card.issued_at, 'revokedAt', card.revoked_at)
          order by card.revoked_at nulls first, card.issued_at desc), '[]')
        from public.person_cards card where card.person_id = any (rows)),
      'moves', (select coalesce(jsonb_agg(jsonb_build_object('from', was.name, 'to', became.name, 'on', move.moved_on) order by move.moved_on desc, move.id desc), '[]')
        from public.person_moves move join public.units was on was.id = move.from_unit_id join public.units became on became.id = move.to_unit_id
        where move.person_id = any (rows)),
      'merges', (select coalesce(jsonb_agg(jsonb_build_object('id', merge.id, 'keptId', merge.kept_id, 'mergedId', merge.merged_id,
          'keptName', kept.name, 'mergedName', merged.name, 'reason', merge.reason, 'at', merge.at, 'undoneAt', merge.undone_at) order by merge.at desc), '[]')
        from public.person_merges merge join public.persons kept on kept.id = merge.kept_id join public.persons merged on merged.id = merge.merged_id
        where merge.kept_id = any (rows) or merge.merged_id = any (rows)),
      'years', (select coalesce(jsonb_agg(distinct fact.year order by fact.year desc), '[]') from public.participations fact where fact.person_id = any (rows)))
    from public.persons person join public.units home on home.id = person.residence_unit_id
    where person.id = root_id and home.id = home_id
  );
end $$;

-- Whether the asking account sees who is behind a figure of a group at a unit.
create function private.sees_people_of(in_unit_id integer, of_group text) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return private.sees_unit(in_unit_id, 'names')
    and (private.sees_unit(in_unit_id, 'groups') or not exists (select from public.population_groups named where named.id = of_group and named.is_sensitive));
end $$;
-- Whom a unit taught may live anywhere: who of them is in need is seen by whoever may see that everywhere.
create function private.sees_taught_people_of(host_unit_id integer, of_group text) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return private.sees_people_of(host_unit_id, of_group)
    and (private.sees_unit(private.region_id(), 'groups') or not exists (select from public.population_groups named where named.id = of_group and named.is_sensitive));
end $$;
create function public.sees_people_at(in_unit_id integer, of_group text, axis_name text default 'residence') returns boolean
language sql stable security definer set search_path = '' -- definer: asks private.sees_unit()
return case axis_name when 'organiser' then private.sees_taught_people_of(in_unit_id, of_group) else private.sees_people_of(in_unit_id, of_group) end;
grant execute on function public.sees_people_at(integer, text, text) to authenticated;

create or replace function public.coverage_people(in_unit_id integer, counted_year integer, counted_group text,
  page_size integer default 50, after_person_id bigint default 0, view_code text default 'all', slice_code text default null)
returns table (person_id bigint, name text, sex text, birth_year smallint, birth_decade integer, home text, person_times integer, hours numeric)
language sql stable security definer set search_path = ''
begin atomic
  select exact.* from private.exact_coverage_people(in_unit_id, counted_year, counted_group, page_size, after_person_id, view_code, slice_code) exact
  where private.sees_people_of(in_unit_id, counted_group);
end;

create or replace function public.organised_people(in_unit_id integer, counted_year integer, counted_group text,
  page_size integer default 50, after_person_id bigint default 0, view_code text default 'all')
returns table (person_id bigint, name text, sex text, birth_year smallint, birth_decade integer, home text, person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  group_slice public.metric_slices := (select slice from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  hosts integer[] := array(select path.unit_id from public.unit_paths path where path.years @> counted_year and path.ancestors @> array[in_unit_id]);
  paths extensions.ltree[] := private.my_unit_paths('names');
  most integer := least(greatest(page_size, 1), 200);
  wanted bigint[];
begin
  if not private.sees_taught_people_of(in_unit_id, counted_group) or asked_view.id is null or group_slice.id is null then return; end if;
  -- A unit that taught few is found by its facts; one that taught much of the region, by walking along the people until the page is full.
  if coalesce((select cell.person_times from public.coverage_cells cell where cell.year = counted_year and cell.axis = 1
      and cell.view_id = asked_view.id and cell.slice_id = group_slice.id and cell.unit_id = in_unit_id), 0) <= 20000 then
    wanted := array(
      select distinct counted.person_id
      from public.participations fact
      join public.persons person on person.id = fact.person_id
      join private.person_years counted on counted.year = counted_year and counted.person_id = coalesce(person.counts_as, person.id)
        and fact.id = any (counted.fact_ids)
      where fact.host_unit_id = any (hosts) and fact.year = counted_year and counted_group = any (fact.groups)
        and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
        and counted.person_id > after_person_id
      order by counted.person_id limit most);
  else
    wanted := array(
      select counted.person_id from private.person_years counted
      where counted.year = counted_year and counted.person_id > after_person_id and counted.group_bits & group_slice.group_bit <> 0
        and exists (
          select from unnest(counted.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
          where fact.host_unit_id = any (hosts) and counted_group = any (fact.groups)
            and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id))
      order by counted.person_id limit most);
  end if;
  return query
  select counted.person_id, case when seen.named then person.name end, person.sex,
    case when seen.named then person.birth_year end, person.birth_year / 10 * 10, home.name, part.person_times, part.hours
  from private.person_years counted
  join public.units home on home.id = counted.unit_id
  join public.persons person on person.id = counted.person_id
  join public.units residence on residence.id = person.residence_unit_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) as named) seen
  cross join lateral (
    select count(*)::integer as person_times, sum(fact.hours) as hours
    from unnest(counted.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
    where fact.host_unit_id = any (hosts) and counted_group = any (fact.groups)
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
  ) part
  where counted.year = counted_year and counted.person_id = any (wanted)
  order by counted.person_id;
end $$;
