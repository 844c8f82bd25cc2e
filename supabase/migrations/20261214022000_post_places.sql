-- A post can be limited to named places below its unit: an area's tutor looks after these villages (DOMAIN.md 3 and 11) and reads and writes only there. Every
-- policy and every function asks private.my_unit_paths() where the asker's posts reach, so it is decided there and holds on both walls.

create table public.post_places (
  post_id integer not null references public.posts on delete cascade,
  unit_id integer not null references public.units on delete restrict,
  primary key (post_id, unit_id)
);
create index post_places_unit_id_idx on public.post_places (unit_id);
alter table public.post_places enable row level security;
grant select on public.post_places to authenticated;
create policy "Places of a post are read by its holder and by who looks after posts there" on public.post_places for select to authenticated
  using (exists (select from public.posts post where post.id = post_id
    and (post.unit_id in (select private.my_units('posts')) or post.person_id in (select private.my_person_ids()))));

-- The places that a post is limited to, in the order of the tree; none is no limit.
create function private.places_of_post(of_post_id integer) returns jsonb
language sql stable set search_path = ''
return (select coalesce(jsonb_agg(jsonb_build_object('code', named.code, 'name', named.name) order by named.path), '[]')
  from public.post_places place join public.units named on named.id = place.unit_id where place.post_id = of_post_id);

-- As before; a post that is limited reaches its places alone.
create or replace function private.my_unit_paths(sight text) returns extensions.ltree[]
language plpgsql stable security definer set search_path = '' as $$
declare
  me bigint := private.my_person_id();
  today date := private.china_date(now());
begin
  if me is null or exists (
      select from identity.accounts account where account.id = auth.uid() and (account.must_change_password or account.must_set_factor)) then
    return '{}';
  end if;
  return (
    select coalesce(array_agg(distinct reach.path), '{}')
    from (select me as person_id union all select person.id from public.persons person where person.counts_as = me) mine
    join public.posts post on post.person_id = mine.person_id
    join public.post_roles role on role.id = post.role_id
    join public.units unit on unit.id = post.unit_id
    join public.unit_kinds kind on kind.id = unit.kind_id
    join public.units above on above.id = case kind.nature when 'administration' then unit.id else unit.parent_id end
    cross join lateral (
      select above.path where not exists (select from public.post_places place where place.post_id = post.id)
      union all
      -- A village that has left the post's unit since is not reached any more.
      select named.path from public.post_places place join public.units named on named.id = place.unit_id where place.post_id = post.id and named.path operator(extensions.<@) above.path
    ) reach
    where post.valid_from <= today and (post.valid_to is null or post.valid_to >= today) and my_unit_paths.sight = any (role.sights)
  );
end $$;

-- As before; a limited post sees what it brought in only for its places.
create or replace function private.import_sees(of_import public.imports, sight text) returns boolean
language sql stable set search_path = ''
return exists (
  select from identity.accounts account join public.persons named on named.id = account.person_id
  join public.persons mine on coalesce(mine.counts_as, mine.id) = coalesce(named.counts_as, named.id)
  join public.posts post on post.person_id = mine.id and post.valid_from <= private.china_date(now()) and (post.valid_to is null or post.valid_to >= private.china_date(now()))
  join public.post_roles role on role.id = post.role_id and import_sees.sight = any (role.sights)
  join public.units above on above.id = private.administration_of(post.unit_id)
  join public.units place on place.id = of_import.unit_id and place.path operator(extensions.<@) above.path
    and (not exists (select from public.post_places only_there where only_there.post_id = post.id)
      or exists (select from public.post_places only_there join public.units named on named.id = only_there.unit_id
        where only_there.post_id = post.id and named.path operator(extensions.<@) above.path and place.path operator(extensions.<@) named.path))
  where account.id = of_import.created_by);

-- As before, with the places of a post.
create or replace function public.who_am_i() returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object(
    'accountId', account.id,
    'phoneTail', account.phone_tail,
    'username', account.username,
    'person', case when person.id is not null then jsonb_build_object(
      'id', person.id, 'name', person.name, 'residence', residence.name) end,
    'posts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'role', role.id, 'roleZh', role.zh, 'roleEn', role.en, 'sights', role.sights,
        'unitId', unit.id, 'unitName', unit.name,
        'administrationId', private.administration_of(unit.id), 'places', private.places_of_post(post.id)) order by extensions.nlevel(unit.path), unit.id)
      from public.posts post
      join public.persons holder on holder.id = post.person_id
      join public.units unit on unit.id = post.unit_id
      join public.post_roles role on role.id = post.role_id
      where coalesce(holder.counts_as, holder.id) = person.id and post.valid_from <= private.china_date(now())
        and (post.valid_to is null or post.valid_to >= private.china_date(now()))), '[]'))
  from identity.accounts account
  left join public.persons signed_in on signed_in.id = account.person_id
  left join public.persons person on person.id = coalesce(signed_in.counts_as, signed_in.id)
  left join public.units residence on residence.id = person.residence_unit_id
  where account.id = (select auth.uid()) and account.disabled_at is null
);

create or replace function public.staff_member(of_person_id bigint)
returns table (person_id bigint, name text, home text, username text, disabled boolean, must_change boolean, second_factor boolean, must_set_factor boolean,
  sessions integer, last_seen timestamptz, may_care boolean, posts jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select person.id, person.name, home.name, account.username, account.disabled_at is not null, coalesce(account.must_change_password, false),
    coalesce(account.second_factor, false), coalesce(account.must_set_factor, false),
    (select count(*)::integer from identity.sessions session where session.account_id = account.id and session.expires_at > now()),
    (select max(session.updated_at) from identity.sessions session where session.account_id = account.id),
    coalesce(person.counts_as, person.id) <> private.my_person_id(),
    coalesce((select jsonb_agg(jsonb_build_object('id', post.id, 'unitCode', unit.code, 'unitName', unit.name, 'role', post.role_id, 'employment', post.employment,
        'from', post.valid_from, 'to', post.valid_to, 'places', private.places_of_post(post.id), 'mine', unit.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[]))
        order by post.valid_to nulls first, post.valid_from desc)
      from public.posts post join public.units unit on unit.id = post.unit_id where post.person_id = person.id), '[]')
  from public.persons person
  join public.units home on home.id = person.residence_unit_id
  left join identity.accounts account on account.person_id = person.id
  where person.id = of_person_id and person.merged_into is null
    and (home.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[]) or exists (
      select from public.posts post join public.units unit on unit.id = post.unit_id
      where post.person_id = person.id and unit.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[])));
end;

-- Limits a post to places below its unit, named by code or name, or lifts the limit with none. Whoever looks after posts there decides, never for oneself.
create function public.limit_post(post_id integer, places text[]) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  post public.posts;
  above public.units;
  given text;
  found integer[];
  chosen integer[] := '{}';
begin
  perform private.hold_posts();
  select * into post from public.posts held where held.id = limit_post.post_id for no key update;
  if post.id is null then perform private.refuse(404, 'post_unknown'); end if;
  perform private.require_sight(post.unit_id, 'posts');
  if private.same_person(post.person_id, private.my_person_id()) then perform private.refuse(403, 'post_own'); end if;
  if post.valid_to < private.china_date(now()) then perform private.refuse(409, 'post_ended_already'); end if;
  -- Who keeps posts, the network or the audit of a region does so for all of it.
  if cardinality(places) > 0 and post.role_id in ('system_admin', 'security_admin', 'auditor') then perform private.refuse(422, 'post_place_of_duty', '{"field": "places"}'); end if;
  if cardinality(places) > 100 then perform private.refuse(422, 'post_places_many', '{"field": "places"}'); end if;
  select * into above from public.units unit where unit.id = private.administration_of(post.unit_id);
  foreach given in array places loop
    found := array(select unit.id from public.units unit
      where unit.path operator(extensions.<@) above.path and unit.id <> above.id and unit.kind_id = 'administration' and unit.closed_on is null and trim(given) in (unit.code, unit.name));
    if cardinality(found) <> 1 then
      perform private.refuse(422, case cardinality(found) when 0 then 'post_place_unknown' else 'post_place_ambiguous' end, jsonb_build_object('field', 'places', 'name', trim(given)));
    end if;
    chosen := chosen || found;
  end loop;
  delete from public.post_places place where place.post_id = post.id and place.unit_id <> all (chosen);
  insert into public.post_places (post_id, unit_id) select post.id, one from unnest(chosen) as one on conflict do nothing;
  perform private.audit('post_limited', 'post', post.id::text, post.unit_id, jsonb_build_object('person', post.person_id, 'role', post.role_id,
    'places', (select coalesce(jsonb_agg(named.code order by named.path), '[]') from public.units named where named.id = any (chosen))));
end $$;
grant execute on function public.limit_post(integer, text[]) to authenticated;
