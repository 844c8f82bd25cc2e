-- The register at the desk: finding people, whom one may be entering a second time, what is kept about a person, merging and
-- its undoing, cards, and corrections of what somebody took part in. Reading asks for the sight 'names' on the person's home,
-- writing for 'people'. Functions are definer: they read sealed contacts and write what the API roles may only read.

-- ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Every two-letter word and every letter of a name: most Chinese names are too short for anything else.
create index persons_letters_idx on public.persons using gin (string_to_array(lower(name), null));
create index persons_pinyin_idx on public.persons (replace(pinyin, ' ', '') text_pattern_ops);
create index persons_initials_idx on public.persons (initials text_pattern_ops);
create index persons_name_birth_year_idx on public.persons (name, birth_year);
create index persons_pinyin_birth_year_idx on public.persons (pinyin, birth_year);

-- The check character of a card's number: one wrong or two swapped characters are noticed. I, L, O and U are not used.
create function private.card_check(digits text) returns text
language sql immutable parallel safe set search_path = ''
return (
  select substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (32 - sum(doubled / 32 + doubled % 32)::integer % 32) % 32 + 1, 1)
  from (
    select (strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(digits, place, 1)) - 1) * (1 + (length(digits) - place + 1) % 2) as doubled
    from generate_series(1, length(digits)) place
  ) weighed
);

-- Nine characters of chance (45 bits) and the check character.
create function private.draw_card_number() returns text
language plpgsql volatile set search_path = '' as $$
declare
  chance bytea := uuid_send(gen_random_uuid());
  digits text := '';
  at integer;
begin
  -- Bytes 6 and 8 of a UUID carry its version.
  foreach at in array array[0, 1, 2, 3, 4, 5, 9, 10, 11] loop
    digits := digits || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(chance, at) & 31) + 1, 1);
  end loop;
  return digits || private.card_check(digits);
end $$;

-- What a scanner or a hand gives, as a number: without blanks and strokes, O read as 0, I and L as 1. Null where it is none.
create function private.read_card_number(typed text) returns text
language sql immutable parallel safe set search_path = ''
return (
  select case when number ~ '^[0-9A-HJKMNP-TV-Z]{10}$' and private.card_check(left(number, 9)) = right(number, 1) then number end
  from (select translate(regexp_replace(upper(typed), '^.*/C/|[\s-]', '', 'g'), 'OIL', '011') as number) typed
);

drop function public.find_people(text, integer, integer, integer);

-- People of a unit by name, pinyin, initials, the last four digits or the whole of a phone, an ID number or a card, whichever
-- the text can be. The lookups are the server's keyed hashes of the text. Whoever was merged is found by any of the names and
-- numbers and shown as the person that stands. Every row carries the number of all.
create function public.find_people(query text, in_unit_id integer, phone_lookup text default null, id_lookup text default null,
  page_size integer default 20, skip integer default 0)
returns table (person_id bigint, name text, sex text, birth_year smallint, home text, home_code text, groups text[],
  has_account boolean, phone text, matched text, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  inside extensions.ltree := (select unit.path from public.units unit where unit.id = in_unit_id);
  mine extensions.ltree[] := private.my_unit_paths('names');
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
    select person.id, person.name, person.sex, person.birth_year, home.name as home, home.code as home_code, found.rank, found.matched,
      (count(*) over ())::integer as total
    from found
    join public.persons person on person.id = found.id
    join public.units home on home.id = person.residence_unit_id
    where home.path operator(extensions.<@) inside and home.path operator(extensions.<@) any (mine)
    order by found.rank, person.name, person.id
    limit least(greatest(page_size, 1), 100) offset greatest(skip, 0)
  )
  select shown.id, shown.name, shown.sex, shown.birth_year, shown.home, shown.home_code,
    private.groups_of_person(shown.id), private.has_account(shown.id),
    (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(shown.id)) limit 1),
    shown.matched, shown.total
  from shown order by shown.rank, shown.name, shown.id;
end $$;

-- Groups of a person today, by every row's registers.
create function private.groups_of_person(of_person_id bigint) returns text[]
language sql stable set search_path = ''
return (
  select array_agg(distinct membership order by membership)
  from public.persons person cross join unnest(private.groups_of(person.id, person.birth_year, private.china_date(now()))) membership
  where person.id in (select private.rows_of_person(of_person_id))
);

-- Whether a person, under any row, can sign in. Definer: identity is closed to API roles, and this is all that the desk is told.
create or replace function private.has_account(person_id bigint) returns boolean
language sql stable security definer set search_path = ''
return exists (select from identity.accounts account
  where account.person_id in (select private.rows_of_person(has_account.person_id)) and account.disabled_at is null);

-- ── whom one may be entering a second time ──────────────────────────────────────────────────────────────────────────

-- Who may be the one described, the surest first: by words, not by points. Nobody outside the asker's units is named: of them
-- only the township is told. Not more than ten.
create function private.probable_duplicates(name text, pinyin text, birth_year integer, residence_unit_id integer, phone_lookup bytea, id_lookup bytea,
  but_id bigint default null)
returns table (person_id bigint, reason text, rank integer)
language sql stable set search_path = ''
begin atomic
  with place as (
    select home.id, home.parent_id from public.units home where home.id = probable_duplicates.residence_unit_id
  ), hits as (
    select contact.person_id as id, case contact.kind when 'id_number' then 'same_id_number' else
      case when known.name = probable_duplicates.name or known.pinyin = probable_duplicates.pinyin then 'same_phone_and_name' else 'same_phone' end end as reason
    from private.person_contacts contact join public.persons known on known.id = contact.person_id
    where contact.kind = 'id_number' and contact.lookup = probable_duplicates.id_lookup
      or contact.kind = 'phone' and contact.lookup = probable_duplicates.phone_lookup
    union all
    select known.id, case when home.parent_id = place.parent_id then 'same_name_and_year_here' else 'same_name_and_year' end
    from public.persons known
    join public.units home on home.id = known.residence_unit_id
    join public.units township on township.id = home.parent_id
    cross join place join public.units own_township on own_township.id = place.parent_id
    where known.name = probable_duplicates.name and known.birth_year = probable_duplicates.birth_year
      and township.parent_id is not distinct from own_township.parent_id
    union all
    select known.id, 'same_sound_and_year_here'
    from public.persons known join public.units home on home.id = known.residence_unit_id cross join place
    where known.pinyin = probable_duplicates.pinyin and known.birth_year = probable_duplicates.birth_year and known.name <> probable_duplicates.name
      and home.parent_id = place.parent_id
    union all
    select known.id, 'same_name_in_village'
    from public.persons known cross join place
    where known.name = probable_duplicates.name and known.residence_unit_id = place.id
      and (known.birth_year is null or probable_duplicates.birth_year is null or abs(known.birth_year - probable_duplicates.birth_year) between 1 and 2)
  ), ranked as (
    select coalesce(known.counts_as, known.id) as id, hits.reason, array_position(array['same_id_number', 'same_phone_and_name', 'same_name_and_year_here',
      'same_phone', 'same_sound_and_year_here', 'same_name_in_village', 'same_name_and_year'], hits.reason) as rank
    from hits join public.persons known on known.id = hits.id
  )
  select ranked.id, (array_agg(ranked.reason order by ranked.rank))[1], min(ranked.rank)
  from ranked
  where but_id is null or ranked.id <> coalesce((select counts_as from public.persons where id = but_id), but_id)
  group by ranked.id
  order by min(ranked.rank), ranked.id
  limit 10;
end;

-- The same for the desk, with what may be shown of each.
create function public.probable_duplicates(name text, pinyin text, birth_year integer, residence_unit_id integer,
  phone_lookup text default null, id_lookup text default null, but_id bigint default null)
returns table (person_id bigint, person_name text, person_sex text, born smallint, home text, phone text, reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(probable_duplicates.residence_unit_id, 'people');
  return query
  select case when seen.named then person.id end, case when seen.named then person.name end, case when seen.named then person.sex end,
    case when seen.named then person.birth_year end, case when seen.named then home.name else township.name end,
    case when seen.named then (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id = person.id) end,
    probable.reason
  from private.probable_duplicates(probable_duplicates.name, probable_duplicates.pinyin, probable_duplicates.birth_year, probable_duplicates.residence_unit_id,
    decode(probable_duplicates.phone_lookup, 'hex'), decode(probable_duplicates.id_lookup, 'hex'), probable_duplicates.but_id) probable
  join public.persons person on person.id = probable.person_id
  join public.units home on home.id = person.residence_unit_id
  join public.units township on township.id = home.parent_id
  cross join lateral (select home.path operator(extensions.<@) any (private.my_unit_paths('names')) as named) seen
  order by probable.rank, person.id;
end $$;

-- Pairs of a unit that may be one person, the surest first, a page at a time; those somebody called different are left out.
create function public.duplicate_pairs(in_unit_id integer, page_size integer default 20, skip integer default 0)
returns table (one_id bigint, other_id bigint, reason text, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  with here as materialized (
    select person.id, person.name, person.pinyin, person.sex, person.birth_year, person.residence_unit_id, home.parent_id as township_id
    from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
    where inside.id = in_unit_id
  ), pairs as (
    select one.id as one_id, other.id as other_id,
      case one_contact.kind when 'id_number' then 'same_id_number' else 'same_phone_and_name' end as reason
    from here one
    join private.person_contacts one_contact on one_contact.person_id = one.id
    join private.person_contacts other_contact on other_contact.lookup = one_contact.lookup and other_contact.kind = one_contact.kind
      and other_contact.person_id > one.id
    join here other on other.id = other_contact.person_id
    -- A household shares a phone: the name or what it sounds like must agree as well.
    where one_contact.kind = 'id_number' or one.name = other.name or one.pinyin = other.pinyin
    union all
    select one.id, other.id, 'same_name_and_year_here'
    from here one join here other on other.name = one.name and other.birth_year = one.birth_year and other.township_id = one.township_id and other.id > one.id
      and (one.sex = other.sex or one.sex is null or other.sex is null)
    union all
    select one.id, other.id, 'same_sound_and_year_here'
    from here one join here other on other.pinyin = one.pinyin and other.birth_year = one.birth_year and other.residence_unit_id = one.residence_unit_id
      and other.sex = one.sex and other.name <> one.name and other.id > one.id
  ), best as (
    select pairs.one_id, pairs.other_id, min(array_position(array['same_id_number', 'same_phone_and_name', 'same_name_and_year_here', 'same_sound_and_year_here'], pairs.reason)) as rank
    from pairs
    where not exists (select from public.distinct_persons apart where apart.one_id = pairs.one_id and apart.other_id = pairs.other_id)
    group by pairs.one_id, pairs.other_id
  )
  select best.one_id, best.other_id, (array['same_id_number', 'same_phone_and_name', 'same_name_and_year_here', 'same_sound_and_year_here'])[best.rank],
    (count(*) over ())::integer
  from best order by best.rank, best.one_id, best.other_id
  limit least(greatest(page_size, 1), 100) offset greatest(skip, 0);
end $$;

-- Two that look like one are not the same: the work list asks no more.
create function public.mark_distinct(one_id bigint, other_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(mark_distinct.one_id, 'people');
begin
  perform private.require_person(mark_distinct.other_id, 'people');
  if mark_distinct.one_id = mark_distinct.other_id then perform private.refuse(422, 'merge_with_itself'); end if;
  insert into public.distinct_persons (one_id, other_id, by_account)
  values (least(mark_distinct.one_id, mark_distinct.other_id), greatest(mark_distinct.one_id, mark_distinct.other_id), auth.uid()) on conflict do nothing;
  perform private.audit('persons_distinct', 'person', mark_distinct.one_id::text, home, jsonb_build_object('other', mark_distinct.other_id));
end $$;

-- ── one person ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- The home of a person, if the asker has that sight there; of a merged row that of the person that stands. A person that is
-- not to be seen is unknown; one that is seen and may not be changed is refused.
create function private.require_person(of_person_id bigint, sight text) returns integer
language plpgsql stable set search_path = '' as $$
declare
  home public.units;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select unit.* into home from public.persons asked
  join public.persons person on person.id = coalesce(asked.counts_as, asked.id)
  join public.units unit on unit.id = person.residence_unit_id
  where asked.id = of_person_id;
  if home.path is null or not home.path operator(extensions.<@) any (private.my_unit_paths('names') || private.my_unit_paths('people')) then
    perform private.refuse(404, 'person_unknown');
  end if;
  if not home.path operator(extensions.<@) any (private.my_unit_paths(require_person.sight)) then
    perform private.refuse(403, 'unit_not_yours', jsonb_build_object('sight', require_person.sight));
  end if;
  return home.id;
end $$;

create table public.person_moves (
  id bigint generated always as identity primary key,
  person_id bigint not null references public.persons on delete cascade,
  from_unit_id integer not null references public.units on delete restrict,
  to_unit_id integer not null references public.units on delete restrict,
  moved_on date not null,
  entered_by uuid,
  entered_at timestamptz not null default now(),
  constraint person_moves_elsewhere check (from_unit_id <> to_unit_id)
);
create index person_moves_person_id_idx on public.person_moves (person_id);
create index person_moves_from_unit_id_idx on public.person_moves (from_unit_id);
create index person_moves_to_unit_id_idx on public.person_moves (to_unit_id);
alter table public.person_moves enable row level security;

-- Everything the desk shows about a person on one page. Numbers are masked.
create function public.person_at_desk(of_person_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  home_id integer := private.require_person(of_person_id, 'names');
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
  rows bigint[] := array(select private.rows_of_person(of_person_id));
  today date := private.china_date(now());
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
        from public.person_groups entry join public.population_groups groups on groups.id = entry.group_id where entry.person_id = any (rows)),
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

-- Registers a person at the desk. The caller has been shown who it may be already (public.probable_duplicates) and says that
-- this is somebody else; the same ID number is never somebody else.
create function public.register_person(name text, sex text, birth_year integer, residence_unit_id integer, pinyin text, initials text,
  groups jsonb default '[]', contacts jsonb default '[]', guardian_id bigint default null, guardian_relation text default null,
  guardian_consent boolean default null) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  new_person_id bigint;
begin
  perform private.require_residence(register_person.residence_unit_id);
  perform private.require_sight(register_person.residence_unit_id, 'people');
  if register_person.birth_year is null then perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}'); end if;
  if register_person.sex is null then perform private.refuse(422, 'sex_missing', '{"field": "sex"}'); end if;
  perform private.refuse_known_id_number(null, register_person.contacts);
  if register_person.guardian_id is not null then perform private.require_person(register_person.guardian_id, 'names'); end if;
  new_person_id := private.register_person(register_person.name, register_person.sex, register_person.birth_year, register_person.residence_unit_id,
    register_person.pinyin, register_person.initials, register_person.groups, register_person.contacts, register_person.guardian_id,
    register_person.guardian_relation, register_person.guardian_consent, auth.uid());
  perform private.audit('person_registered', 'person', new_person_id::text, register_person.residence_unit_id);
  return new_person_id;
end $$;

-- Two people have one ID number: one of the two is a mistake.
create function private.refuse_known_id_number(of_person_id bigint, contacts jsonb) returns void
language plpgsql stable set search_path = '' as $$
declare
  known_id bigint;
begin
  select coalesce(known.counts_as, known.id) into known_id
  from jsonb_array_elements(coalesce(contacts, '[]')) given
  join private.person_contacts contact on contact.kind = 'id_number' and contact.lookup = decode(given ->> 'lookup', 'hex')
  join public.persons known on known.id = contact.person_id
  where given ->> 'kind' = 'id_number' and (of_person_id is null or contact.person_id not in (select private.rows_of_person(of_person_id)))
  limit 1;
  if known_id is not null then perform private.refuse(409, 'id_number_taken', '{"field": "idNumber"}'); end if;
end $$;

create function public.update_person(of_person_id bigint, name text, sex text, birth_year integer, pinyin text, initials text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  was public.persons;
begin
  perform private.require_facts(update_person.name, update_person.sex, update_person.birth_year);
  if update_person.birth_year is null then perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}'); end if;
  if update_person.sex is null then perform private.refuse(422, 'sex_missing', '{"field": "sex"}'); end if;
  select * into was from public.persons where id = (select coalesce(counts_as, id) from public.persons where id = of_person_id) for no key update;
  update public.persons set name = trim(update_person.name), sex = update_person.sex, birth_year = update_person.birth_year,
    pinyin = nullif(update_person.pinyin, ''), initials = nullif(update_person.initials, ''), updated_at = now() where id = was.id;
  perform private.audit('person_changed', 'person', was.id::text, home, jsonb_build_object('fields', array_remove(array[
    case when was.name <> trim(update_person.name) then 'name' end, case when was.sex is distinct from update_person.sex then 'sex' end,
    case when was.birth_year is distinct from update_person.birth_year then 'birth_year' end, case when was.pinyin is distinct from update_person.pinyin then 'pinyin' end], null)));
end $$;

-- A person moves: from today on. What happened before stays where it was, because every fact holds the home of its day.
create function public.move_person(of_person_id bigint, to_unit_id integer, moved_on date) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
begin
  perform private.require_residence(move_person.to_unit_id);
  if move_person.to_unit_id = home then perform private.refuse(422, 'moved_nowhere', '{"field": "residenceUnitId"}'); end if;
  if move_person.moved_on is null or move_person.moved_on > private.china_date(now()) then perform private.refuse(422, 'date_in_future', '{"field": "movedOn"}'); end if;
  update public.persons set residence_unit_id = move_person.to_unit_id, updated_at = now() where id = root_id;
  insert into public.person_moves (person_id, from_unit_id, to_unit_id, moved_on, entered_by) values (root_id, home, move_person.to_unit_id, move_person.moved_on, auth.uid());
  perform private.audit('person_moved', 'person', root_id::text, home, jsonb_build_object('to', move_person.to_unit_id));
  perform private.audit('person_moved', 'person', root_id::text, move_person.to_unit_id, jsonb_build_object('from', home));
end $$;

create function public.add_person_group(of_person_id bigint, entry jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
begin
  perform private.add_groups(of_person_id, jsonb_build_array(entry), auth.uid());
  perform private.audit('group_added', 'person', of_person_id::text, home, jsonb_build_object('group', entry ->> 'group'));
end $$;

-- A registry no longer lists a person: from the next day on.
create function public.end_person_group(of_person_id bigint, group_id text, valid_from date, last_day date) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
begin
  if end_person_group.last_day is null or end_person_group.last_day > private.china_date(now()) then perform private.refuse(422, 'date_in_future', '{"field": "lastDay"}'); end if;
  if end_person_group.last_day < end_person_group.valid_from then perform private.refuse(422, 'dates_reversed', '{"field": "lastDay"}'); end if;
  update public.person_groups entry set valid_to = end_person_group.last_day
  where entry.person_id = of_person_id and entry.group_id = end_person_group.group_id and entry.valid_from = end_person_group.valid_from and entry.valid_to is null;
  if not found then perform private.refuse(404, 'group_not_entered'); end if;
  perform private.audit('group_ended', 'person', of_person_id::text, home, jsonb_build_object('group', end_person_group.group_id));
end $$;

create function public.add_guardian(child_id bigint, guardian_id bigint, relation text, consent boolean) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(add_guardian.child_id, 'people');
  link_id bigint;
begin
  perform private.require_person(add_guardian.guardian_id, 'names');
  link_id := private.add_guardian(add_guardian.child_id, add_guardian.guardian_id, add_guardian.relation, add_guardian.consent, auth.uid());
  perform private.audit('guardian_added', 'person', add_guardian.child_id::text, home, jsonb_build_object('guardian', add_guardian.guardian_id));
  return link_id;
end $$;

create function public.end_guardian(link_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  link public.guardians;
  home integer;
begin
  select * into link from public.guardians where id = end_guardian.link_id;
  home := private.require_person(link.child_id, 'people');
  update public.guardians set valid_to = greatest(valid_from, private.china_date(now())) where id = link.id and valid_to is null;
  perform private.audit('guardian_ended', 'person', link.child_id::text, home, jsonb_build_object('guardian', link.guardian_id));
end $$;

-- A person's phone or ID number, sealed by the server; null takes it away.
create function public.set_contact(of_person_id bigint, kind text, contact jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
begin
  if contact is null then
    delete from private.person_contacts known where known.person_id in (select private.rows_of_person(of_person_id)) and known.kind = set_contact.kind;
    perform private.audit('contact_removed', 'person', of_person_id::text, home, jsonb_build_object('kind', set_contact.kind));
    return;
  end if;
  perform private.refuse_known_id_number(of_person_id, jsonb_build_array(contact));
  perform private.keep_contacts(of_person_id, jsonb_build_array(contact || jsonb_build_object('kind', set_contact.kind)), auth.uid());
  perform private.audit('contact_set', 'person', of_person_id::text, home, jsonb_build_object('kind', set_contact.kind));
end $$;

-- Hands a sealed number to the server, which opens it for whoever gave a reason. Logged before it is answered; sixty an hour.
create index audit_events_revealed_idx on public.audit_events (account_id, at) where action = 'contact_revealed';
create function public.reveal_contact(of_person_id bigint, kind text, reason text, note text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  contact private.person_contacts;
  recent record;
begin
  if reveal_contact.reason in ('call', 'check_identity', 'registry_check', 'emergency', 'other') is not true then
    perform private.refuse(422, 'reason_missing', '{"field": "reason"}');
  end if;
  if reveal_contact.reason = 'other' and length(trim(reveal_contact.note)) between 4 and 100 is not true then
    perform private.refuse(422, 'note_missing', '{"field": "note"}');
  end if;
  perform pg_advisory_xact_lock(hashtext('public.reveal_contact'), hashtext(auth.uid()::text));
  select count(*) as taken, min(at) as first_at into recent from (
    select event.at from public.audit_events event
    where event.account_id = auth.uid() and event.action = 'contact_revealed' and event.at > clock_timestamp() - interval '1 hour'
    order by event.at desc limit 60) latest;
  if recent.taken >= 60 then
    perform private.refuse(429, 'reveal_limit', jsonb_build_object('secondsLeft', ceil(extract(epoch from recent.first_at + interval '1 hour' - clock_timestamp()))));
  end if;
  select * into contact from private.person_contacts known
  where known.person_id in (select private.rows_of_person(of_person_id)) and known.kind = reveal_contact.kind
  order by known.person_id <> of_person_id, known.entered_at desc limit 1;
  if not found then perform private.refuse(404, 'contact_unknown'); end if;
  perform private.audit('contact_revealed', 'person', of_person_id::text, home,
    jsonb_strip_nulls(jsonb_build_object('kind', reveal_contact.kind, 'reason', reveal_contact.reason,
      'note', case when reveal_contact.reason = 'other' then trim(reveal_contact.note) end)));
  return jsonb_build_object('cipher', encode(contact.cipher, 'base64'), 'keyId', contact.key_id);
end $$;

-- ── merging ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Merges change who counts as whom over several rows: one at a time, and every row they touch is locked in order of id.
create function private.lock_persons(ids bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform pg_advisory_xact_lock('public.person_merges'::regclass::oid::integer, 0);
  perform from public.persons where id = any (ids) or counts_as = any (ids) order by id for no key update;
end $$;

-- Two rows are one person: what was recorded for either stays there and counts for the one that is kept. Both homes must be
-- the asker's. An account must not come by the posts of somebody else: whoever has a post and whoever signs in stay apart
-- unless the asker also grants posts there.
create function public.merge_persons(kept_id bigint, merged_id bigint, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  kept_home integer;
  merged_home integer;
  root_id bigint;
  new_merge_id bigint;
begin
  if merge_persons.kept_id = merge_persons.merged_id then perform private.refuse(422, 'merge_with_itself'); end if;
  kept_home := private.require_person(merge_persons.kept_id, 'people');
  merged_home := private.require_person(merge_persons.merged_id, 'people');
  if length(trim(merge_persons.reason)) between 2 and 200 is not true then perform private.refuse(422, 'merge_reason_missing', '{"field": "reason"}'); end if;
  perform private.lock_persons(array[merge_persons.kept_id, merge_persons.merged_id]);
  select person.counts_as into root_id from public.persons person
  where person.id in (merge_persons.kept_id, merge_persons.merged_id) and person.counts_as is not null limit 1;
  if root_id is not null then perform private.refuse(409, 'already_merged', jsonb_build_object('countsAs', root_id)); end if;
  if exists (
    select from (values (merge_persons.kept_id, merge_persons.merged_id), (merge_persons.merged_id, merge_persons.kept_id)) as side (signs_in, works)
    where exists (select from identity.accounts account where account.person_id in (select private.rows_of_person(side.signs_in)))
      and exists (select from public.posts post join public.units unit on unit.id = private.administration_of(post.unit_id)
        where post.person_id in (select private.rows_of_person(side.works)) and coalesce(post.valid_to >= private.china_date(now()), true)
          and not unit.path operator(extensions.<@) any (private.my_unit_paths('posts')))
  ) then perform private.refuse(409, 'merge_gives_posts'); end if;

  insert into public.person_merges (kept_id, merged_id, reason, by_account)
  values (merge_persons.kept_id, merge_persons.merged_id, trim(merge_persons.reason), auth.uid()) returning id into new_merge_id;
  update public.persons set merged_into = merge_persons.kept_id, counts_as = merge_persons.kept_id, updated_at = now() where id = merge_persons.merged_id;
  update public.persons set counts_as = merge_persons.kept_id where counts_as = merge_persons.merged_id;
  perform private.audit('persons_merged', 'person', merge_persons.kept_id::text, kept_home, jsonb_build_object('merged', merge_persons.merged_id, 'merge', new_merge_id));
  if merged_home <> kept_home then
    perform private.audit('persons_merged', 'person', merge_persons.merged_id::text, merged_home, jsonb_build_object('kept', merge_persons.kept_id, 'merge', new_merge_id));
  end if;
  return new_merge_id;
end $$;

-- Takes a merge back: the merged row stands for itself again, with every row that was merged into it before.
create function public.undo_merge(merge_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  merge public.person_merges;
  root_id bigint;
  home integer;
begin
  select * into merge from public.person_merges where id = undo_merge.merge_id;
  if not found then perform private.refuse(404, 'merge_unknown'); end if;
  perform private.require_person(merge.kept_id, 'people');
  -- The home of the merged row, not of the person it counts as.
  select residence_unit_id into home from public.persons where id = merge.merged_id;
  perform private.require_sight(home, 'people');
  perform private.lock_persons(array[merge.kept_id, merge.merged_id, (select counts_as from public.persons where id = merge.merged_id)]);
  update public.person_merges set undone_at = clock_timestamp(), undone_by = auth.uid() where id = merge.id and undone_at is null;
  if not found then perform private.refuse(409, 'merge_undone'); end if;
  update public.persons set merged_into = null, counts_as = null, updated_at = now() where id = merge.merged_id returning id into root_id;
  update public.persons follower set counts_as = root_id
  where follower.id in (
    with recursive below as (
      select person.id from public.persons person where person.merged_into = root_id
      union all
      select person.id from below join public.persons person on person.merged_into = below.id
    ) select below.id from below);
  perform private.audit('merge_undone', 'person', merge.kept_id::text, (select residence_unit_id from public.persons where id = merge.kept_id),
    jsonb_build_object('merged', merge.merged_id, 'merge', merge.id));
end $$;

-- ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Gives a card to a person who has none; `replace` voids the one there is, which was lost.
create function private.issue_card(of_person_id bigint, replace boolean, by_account uuid) returns text
language plpgsql volatile set search_path = '' as $$
declare
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
  held text;
begin
  perform from public.persons where id = root_id for no key update;
  if issue_card.replace then update public.person_cards set revoked_at = now() where person_id in (select private.rows_of_person(root_id)) and revoked_at is null; end if;
  select number into held from public.person_cards where person_id = root_id and revoked_at is null;
  if held is null then
    insert into public.person_cards (number, person_id, issued_by) values (private.draw_card_number(), root_id, issue_card.by_account) returning number into held;
  end if;
  return held;
end $$;

create function public.issue_card(of_person_id bigint, replace boolean default false) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  number text := private.issue_card(of_person_id, issue_card.replace, auth.uid());
begin
  perform private.audit(case when issue_card.replace then 'card_replaced' else 'card_issued' end, 'person', of_person_id::text, home);
  return number;
end $$;

-- The asker's own card, drawn when it is first looked at.
create function public.my_card() returns text
language plpgsql volatile security definer set search_path = '' as $$
begin
  if private.my_person_id() is null then perform private.refuse(403, 'introduction_needed'); end if;
  return private.issue_card(private.my_person_id(), false, auth.uid());
end $$;

-- Cards for people of a unit who have none, at most so many at one go. Returns how many were drawn and how many are left.
create function public.issue_cards(in_unit_id integer, at_most integer default 2000) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  drawn integer;
  missing integer;
begin
  perform private.require_sight(in_unit_id, 'people');
  with wanting as (
    select person.id from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
    where inside.id = in_unit_id and not exists (select from public.person_cards card where card.person_id = person.id and card.revoked_at is null)
    order by person.id limit least(greatest(at_most, 1), 5000)
  )
  insert into public.person_cards (number, person_id, issued_by)
  select private.draw_card_number(), wanting.id, auth.uid() from wanting on conflict (person_id) where revoked_at is null do nothing;
  get diagnostics drawn = row_count;
  select count(*) into missing from public.units inside
  join public.units home on home.path operator(extensions.<@) inside.path
  join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
  where inside.id = in_unit_id and not exists (select from public.person_cards card where card.person_id = person.id and card.revoked_at is null);
  if drawn > 0 then perform private.audit('cards_issued', 'unit', in_unit_id::text, in_unit_id, jsonb_build_object('count', drawn)); end if;
  return jsonb_build_object('issued', drawn, 'missing', missing);
end $$;

-- Cards to print: of one person, or of a unit by village and name. Every row carries the number of all and of people without one.
create function public.cards_to_print(in_unit_id integer, of_person_id bigint default null, page_size integer default 100, skip integer default 0)
returns table (person_id bigint, name text, home text, number text, total integer, missing integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if of_person_id is not null then perform private.require_person(of_person_id, 'people'); else perform private.require_sight(in_unit_id, 'people'); end if;
  return query
  with here as (
    select person.id, person.name, home.name as home, home.path from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
    where inside.id = in_unit_id and of_person_id is null
    union all
    select person.id, person.name, home.name, home.path from public.persons asked
    join public.persons person on person.id = coalesce(asked.counts_as, asked.id)
    join public.units home on home.id = person.residence_unit_id where asked.id = of_person_id
  ), held as (
    select here.*, card.number from here left join public.person_cards card on card.person_id = here.id and card.revoked_at is null
  ), counts as (
    select count(held.number)::integer as total, (count(*) - count(held.number))::integer as missing from held
  )
  select page.id, page.name, page.home, page.number, counts.total, counts.missing
  from counts left join lateral (
    select held.* from held where held.number is not null order by held.path, held.name, held.id
    limit least(greatest(page_size, 1), 200) offset greatest(skip, 0)
  ) page on true
  order by page.path, page.name, page.id;
end $$;

-- ── what somebody took part in ──────────────────────────────────────────────────────────────────────────────────────

-- Why a record was corrected, beside the row that corrects it.
create table public.corrections (
  participation_id bigint primary key references public.participations on delete restrict,
  what text not null check (what in ('not_attended', 'wrong_person', 'wrong_time', 'wrong_hours', 'wrong_category')),
  reason text not null check (length(reason) between 2 and 200),
  by_account uuid,
  at timestamptz not null default clock_timestamp()
);
create trigger corrections_append_only before update or delete on public.corrections
  for each row execute function private.refuse_change();
create trigger corrections_not_truncated before truncate on public.corrections
  for each statement execute function private.refuse_change();
alter table public.corrections enable row level security;
grant select on public.corrections to authenticated;
create policy "Corrections are read with the record they belong to" on public.corrections for select to authenticated
  using (exists (select from public.participations fact where fact.id = participation_id));

-- Corrects a record: a new row that points to it. Only the last row of a chain can be corrected; what the new values do not
-- name stays as it was. {"personId", "startedAt", "endedAt", "hours", "categoryId"} by what is wrong.
create function public.correct_participation(participation_id bigint, what text, new_values jsonb, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  fact public.participations;
  person public.persons;
  later_id bigint;
  new_id bigint;
  event_day date;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into fact from public.participations where id = correct_participation.participation_id;
  if not found or not exists (select from public.units home where home.id = fact.residence_unit_id
    and home.path operator(extensions.<@) any (private.my_unit_paths('names') || private.my_unit_paths('people'))) then
    perform private.refuse(404, 'participation_unknown');
  end if;
  perform private.require_sight(fact.residence_unit_id, 'people');
  if length(trim(correct_participation.reason)) between 2 and 200 is not true then perform private.refuse(422, 'correction_reason_missing', '{"field": "reason"}'); end if;
  select id into later_id from public.participations later where later.corrects = fact.id;
  if later_id is not null then perform private.refuse(409, 'already_corrected', jsonb_build_object('by', later_id)); end if;
  -- A lesson finished on the site is what the server saw: it happened or it did not.
  if fact.kind = 'self_study' and correct_participation.what <> 'not_attended' then perform private.refuse(422, 'self_study_not_changed', '{"field": "what"}'); end if;

  if correct_participation.what = 'not_attended' then
    if fact.status = 'corrected' then perform private.refuse(409, 'already_void'); end if;
    fact.status := 'corrected';
  elsif correct_participation.what = 'wrong_person' then
    select * into person from public.persons where id = (new_values ->> 'personId')::bigint;
    if person.id is null then perform private.refuse(404, 'person_unknown', '{"field": "personId"}'); end if;
    perform private.require_person(person.id, 'people');
    if coalesce(person.counts_as, person.id) = (select coalesce(counts_as, id) from public.persons where id = fact.person_id) then
      perform private.refuse(422, 'same_person', '{"field": "personId"}');
    end if;
    event_day := private.china_date(fact.started_at);
    fact.person_id := person.id; fact.status := 'attended'; fact.residence_unit_id := person.residence_unit_id; fact.birth_year := person.birth_year; fact.sex := person.sex;
    fact.area := (select area from public.units where id = person.residence_unit_id);
    fact.groups := private.groups_of(person.id, person.birth_year, event_day);
  elsif correct_participation.what = 'wrong_time' then
    fact.started_at := (new_values ->> 'startedAt')::timestamptz; fact.ended_at := (new_values ->> 'endedAt')::timestamptz; fact.status := 'attended';
    if fact.started_at is null or fact.ended_at is null or fact.ended_at < fact.started_at then perform private.refuse(422, 'time_invalid', '{"field": "startedAt"}'); end if;
    if fact.ended_at > now() then perform private.refuse(422, 'time_in_future', '{"field": "startedAt"}'); end if;
  elsif correct_participation.what = 'wrong_hours' then
    fact.hours := (new_values ->> 'hours')::numeric; fact.status := 'attended';
    if fact.hours between 0 and 24 is not true then perform private.refuse(422, 'hours_invalid', '{"field": "hours"}'); end if;
  elsif correct_participation.what = 'wrong_category' then
    fact.category_id := new_values ->> 'categoryId'; fact.status := 'attended';
    if not exists (select from public.categories where id = fact.category_id) then perform private.refuse(422, 'category_unknown', '{"field": "categoryId"}'); end if;
  else
    perform private.refuse(422, 'correction_unknown', '{"field": "what"}');
  end if;

  begin
    insert into public.participations (key, person_id, kind, form, category_id, programme, course_id, lesson_id, organised, role, person_role, employment,
      residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method,
      confirmed_by, with_guardian, guardian_id, guardian_consent, channel, fee_fen, for_profit, evidence_ids, entry_source, entered_by, corrects)
    values ('correction:' || fact.id, fact.person_id, fact.kind, fact.form, fact.category_id, fact.programme, fact.course_id, fact.lesson_id, fact.organised, fact.role,
      fact.person_role, fact.employment, fact.residence_unit_id, fact.area, fact.host_unit_id, fact.delivering_department, fact.groups, fact.birth_year, fact.sex,
      fact.started_at, fact.ended_at, fact.in_vacation, fact.hours, fact.status, fact.sign_in_method, auth.uid(), fact.with_guardian, fact.guardian_id,
      fact.guardian_consent, fact.channel, fact.fee_fen, fact.for_profit, fact.evidence_ids, 'paper', auth.uid(), fact.id)
    returning id into new_id;
  exception when unique_violation then
    -- Somebody else was quicker.
    perform private.refuse(409, 'already_corrected', jsonb_build_object('by', (select id from public.participations later where later.corrects = fact.id)));
  end;
  insert into public.corrections (participation_id, what, reason, by_account) values (new_id, correct_participation.what, trim(correct_participation.reason), auth.uid());
  perform private.audit('participation_corrected', 'participation', fact.id::text,
    (select residence_unit_id from public.participations where id = fact.id), jsonb_build_object('what', correct_participation.what, 'by', new_id));
  return new_id;
end $$;

drop function public.person_participations(bigint, integer);

-- The records of a person in a year under every row, newest first: what counts, what a later row corrected and why.
create function public.person_participations(of_person_id bigint, counted_year integer)
returns table (participation_id bigint, started_at timestamptz, ended_at timestamptz, kind text, category_id text, category_zh text, category_en text, course text,
  lesson text, host text, home text, hours numeric, status text, role text, channel text, entry_source text, entered_at timestamptz,
  corrects bigint, corrected_by bigint, counts boolean, what text, reason text, under_person_id bigint)
language sql stable set search_path = ''
begin atomic
  select fact.id, fact.started_at, fact.ended_at, fact.kind, fact.category_id, category.zh, category.en, course.title, lesson.title, host.name, home.name,
    fact.hours, fact.status, fact.role, fact.channel, fact.entry_source, fact.entered_at, fact.corrects, later.id,
    fact.status = 'attended' and fact.role in ('learner', 'guardian') and later.id is null, correction.what, correction.reason,
    fact.person_id
  from public.persons asked
  join public.persons one on coalesce(one.counts_as, one.id) = coalesce(asked.counts_as, asked.id)
    and (one.id = coalesce(asked.counts_as, asked.id) or one.counts_as = coalesce(asked.counts_as, asked.id))
  join public.participations fact on fact.person_id = one.id and fact.year = counted_year
  join public.units home on home.id = fact.residence_unit_id
  left join public.participations later on later.corrects = fact.id
  left join public.corrections correction on correction.participation_id = fact.id
  left join public.categories category on category.id = fact.category_id
  left join public.courses course on course.id = fact.course_id
  left join public.lessons lesson on lesson.id = fact.lesson_id
  left join public.units host on host.id = fact.host_unit_id
  where asked.id = of_person_id
  order by fact.started_at desc, fact.id desc
  limit 500;
end;

grant execute on function public.find_people(text, integer, text, text, integer, integer),
  public.probable_duplicates(text, text, integer, integer, text, text, bigint), public.duplicate_pairs(integer, integer, integer), public.mark_distinct(bigint, bigint),
  public.person_at_desk(bigint), public.register_person(text, text, integer, integer, text, text, jsonb, jsonb, bigint, text, boolean),
  public.update_person(bigint, text, text, integer, text, text), public.move_person(bigint, integer, date), public.add_person_group(bigint, jsonb),
  public.end_person_group(bigint, text, date, date), public.add_guardian(bigint, bigint, text, boolean), public.end_guardian(bigint),
  public.set_contact(bigint, text, jsonb), public.reveal_contact(bigint, text, text, text), public.merge_persons(bigint, bigint, text), public.undo_merge(bigint),
  public.issue_card(bigint, boolean), public.my_card(), public.issue_cards(integer, integer), public.cards_to_print(integer, bigint, integer, integer),
  public.correct_participation(bigint, text, jsonb, text), public.person_participations(bigint, integer) to authenticated;
grant execute on function private.probable_duplicates(text, text, integer, integer, bytea, bytea, bigint) to job_server;

-- Open villages of a unit to choose a home from, by township.
create function public.villages_below(in_unit_id integer)
returns table (unit_id integer, name text, township text)
language sql stable set search_path = ''
begin atomic
  select village.id, village.name, above.name
  from public.units inside
  join public.units village on village.path operator(extensions.<@) inside.path and village.level = 'village' and village.kind_id = 'administration'
    and private.open_on(village.opened_on, village.closed_on, private.china_date(now()))
  join public.units above on above.id = village.parent_id
  where inside.id = in_unit_id
  order by village.path limit 2000;
end;
grant execute on function public.villages_below(integer) to authenticated;
