-- The work list of probable duplicates is kept ready: 200,000 people are too many to compare for each page. Whoever is
-- registered or changed leaves a mark, and pairs are looked for when the marks are drained, as with figures (decision 0010): a
-- search in the act itself would miss the double that another clerk registers in the same moment.

create table private.duplicate_pairs (
  one_id bigint not null references public.persons on delete cascade,
  other_id bigint not null references public.persons on delete cascade,
  -- 1 the same ID number, 2 phone and name (or its sound), 3 name, year and township, 4 sound, year and village.
  rank smallint not null check (rank between 1 and 4),
  primary key (one_id, other_id),
  check (one_id < other_id)
);
create index duplicate_pairs_other_id_idx on private.duplicate_pairs (other_id);

create table private.duplicate_marks (
  seq bigint generated always as identity primary key,
  person_id bigint not null
);
alter table private.duplicate_pairs enable row level security;
alter table private.duplicate_marks enable row level security;

create function private.mark_person_duplicates() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into private.duplicate_marks (person_id) select touched.id from touched;
  return null;
end $$;
create trigger persons_mark_duplicates after insert on public.persons
  referencing new table as touched for each statement execute function private.mark_person_duplicates();

create function private.mark_changed_duplicates() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into private.duplicate_marks (person_id)
  select changed.id from changed join earlier on earlier.id = changed.id
  where (changed.name, changed.pinyin, changed.sex, changed.birth_year, changed.residence_unit_id, changed.merged_into)
    is distinct from (earlier.name, earlier.pinyin, earlier.sex, earlier.birth_year, earlier.residence_unit_id, earlier.merged_into);
  return null;
end $$;
create trigger persons_mark_changed_duplicates after update on public.persons
  referencing new table as changed old table as earlier for each statement execute function private.mark_changed_duplicates();

create function private.mark_contact_duplicates() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into private.duplicate_marks (person_id) select distinct touched.person_id from touched;
  return null;
end $$;
create trigger person_contacts_mark_duplicates after insert on private.person_contacts
  referencing new table as touched for each statement execute function private.mark_contact_duplicates();
create trigger person_contacts_mark_changed_duplicates after update on private.person_contacts
  referencing new table as touched for each statement execute function private.mark_contact_duplicates();
create trigger person_contacts_mark_removed_duplicates after delete on private.person_contacts
  referencing old table as touched for each statement execute function private.mark_contact_duplicates();

-- A village that moves to another township has other neighbours.
create function private.mark_moved_duplicates() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into private.duplicate_marks (person_id) select person.id from public.persons person where person.residence_unit_id = new.id;
  return null;
end $$;
create trigger units_mark_duplicates after update of parent_id on public.units
  for each row when (old.parent_id is distinct from new.parent_id) execute function private.mark_moved_duplicates();

-- Looks for the pairs of some people anew; of somebody who is like many (a household's phone, a common name) the first twelve.
-- Always from person to person by the indexes: just after a large import the planner, who knows nothing of it yet, would read
-- everybody for each.
create function private.find_duplicates(person_ids bigint[]) returns void
language plpgsql volatile set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
  delete from private.duplicate_pairs pair where pair.one_id = any (person_ids);
  delete from private.duplicate_pairs pair where pair.other_id = any (person_ids);
  insert into private.duplicate_pairs (one_id, other_id, rank)
  select least(me.id, alike.id), greatest(me.id, alike.id), min(alike.rank)
  from unnest(person_ids) as asked (id)
  join public.persons me on me.id = asked.id and me.merged_into is null
  join public.units home on home.id = me.residence_unit_id
  cross join lateral (
    (select 1 as rank, other.id
      from private.person_contacts mine
      join private.person_contacts theirs on theirs.lookup = mine.lookup and theirs.kind = 'id_number' and theirs.person_id <> me.id
      join public.persons other on other.id = theirs.person_id and other.merged_into is null
      where mine.person_id = me.id and mine.kind = 'id_number' order by other.id limit 12)
    union all
    -- A household shares a phone: the name, or what it sounds like, must agree as well.
    (select 2, other.id
      from private.person_contacts mine
      join private.person_contacts theirs on theirs.lookup = mine.lookup and theirs.kind = 'phone' and theirs.person_id <> me.id
      join public.persons other on other.id = theirs.person_id and other.merged_into is null and coalesce(other.pinyin, other.name) = coalesce(me.pinyin, me.name)
      where mine.person_id = me.id and mine.kind = 'phone' order by other.id limit 12)
    union all
    (select 3, other.id
      from public.persons other join public.units there on there.id = other.residence_unit_id and there.parent_id = home.parent_id
      where other.name = me.name and other.birth_year = me.birth_year and other.sex is not distinct from me.sex
        and other.merged_into is null and other.id <> me.id order by other.id limit 12)
    union all
    (select 4, other.id
      from public.persons other
      where other.pinyin = me.pinyin and other.birth_year = me.birth_year and other.residence_unit_id = me.residence_unit_id
        and other.sex is not distinct from me.sex and other.name <> me.name and other.merged_into is null and other.id <> me.id order by other.id limit 12)
  ) alike
  group by 1, 2
  on conflict on constraint duplicate_pairs_pkey do nothing;
end $$;

-- Drains up to so many marks and returns how many. The marks go in one statement and the people are read by the next, whose
-- snapshot is newer; whoever finds another at it leaves it to them.
create function private.drain_duplicate_marks(at_most integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by the server's jobs
declare
  ids bigint[];
  drained integer;
begin
  if not pg_try_advisory_xact_lock(hashtext('private.duplicate_marks'), 0) then return 0; end if;
  with taken as (
    delete from private.duplicate_marks mark
    where mark.seq in (select seq from private.duplicate_marks order by seq limit at_most) returning mark.person_id
  )
  select array_agg(distinct person_id), count(*) into ids, drained from taken;
  if drained > 0 then perform private.find_duplicates(ids); end if;
  return drained;
end $$;
revoke execute on function private.drain_duplicate_marks(integer) from public;
grant execute on function private.drain_duplicate_marks(integer) to job_server;

insert into private.duplicate_marks (person_id) select id from public.persons order by id;

-- A page of the list: pairs of which both live in the unit and nobody said that they are two people. Volatile: who was
-- registered a moment ago is looked at first.
drop function public.duplicate_pairs(integer, integer, integer);
create function public.duplicate_pairs(in_unit_id integer, page_size integer default 20, skip integer default 0)
returns table (one_id bigint, other_id bigint, reason text, total integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  inside extensions.ltree := (select unit.path from public.units unit where unit.id = in_unit_id);
begin
  perform private.require_sight(in_unit_id, 'people');
  perform private.drain_duplicate_marks(2000);
  return query
  select pair.one_id, pair.other_id, (array['same_id_number', 'same_phone_and_name', 'same_name_and_year_here', 'same_sound_and_year_here'])[pair.rank],
    (count(*) over ())::integer
  from private.duplicate_pairs pair
  join public.persons one on one.id = pair.one_id and one.merged_into is null
  join public.persons other on other.id = pair.other_id and other.merged_into is null
  join public.units home on home.id = one.residence_unit_id and home.path operator(extensions.<@) inside
  join public.units there on there.id = other.residence_unit_id and there.path operator(extensions.<@) inside
  where not exists (select from public.distinct_persons apart where apart.one_id = pair.one_id and apart.other_id = pair.other_id)
  order by pair.rank, pair.one_id, pair.other_id
  limit least(greatest(page_size, 1), 100) offset greatest(skip, 0);
end $$;
grant execute on function public.duplicate_pairs(integer, integer, integer) to authenticated;
