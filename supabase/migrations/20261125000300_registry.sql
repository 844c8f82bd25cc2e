-- The register of persons: how a name sounds, sealed phone and ID numbers, guardians, cards, and merges. Whatever brings a
-- person in (the desk, an import, a first visit) goes through private.register_person().

alter table public.persons
  -- Syllables apart, without tones: 'wang xiu ying', 'wxy'. Written by the server; staff may correct many-sound surnames.
  add column pinyin text check (pinyin ~ '^[a-z]+( [a-z]+)*$' and length(pinyin) <= 200),
  add column initials text check (initials ~ '^[a-z]{1,40}$'),
  add column updated_at timestamptz not null default now();
comment on column public.persons.birth_year is 'Of a birth date no more than the year is kept: every rule here goes by it.';

-- What a registry says of a person: its name, whether a proof was seen (no papers are copied), from and to.
alter table public.person_groups
  add column proof_seen boolean not null default false,
  add column entered_by uuid,
  add column entered_at timestamptz not null default now();

-- Phone and ID numbers, sealed by the server (server/privacy/vault.ts): no role but the owner reads this table, and without
-- the server's key neither the cipher nor the lookup says anything. Only mask and tail are in clear.
create table private.person_contacts (
  person_id bigint not null references public.persons on delete cascade,
  kind text not null check (kind in ('phone', 'id_number')),
  cipher bytea not null check (octet_length(cipher) between 29 and 200),
  key_id smallint not null,
  lookup bytea not null check (octet_length(lookup) = 32),
  masked text not null check (masked like '%****%' and length(masked) <= 20),
  tail text not null check (length(tail) = 4),
  entered_by uuid,
  entered_at timestamptz not null default now(),
  primary key (person_id, kind)
);
create index person_contacts_lookup_idx on private.person_contacts (lookup, kind);
create index person_contacts_tail_idx on private.person_contacts (tail) where kind = 'phone';
alter table private.person_contacts enable row level security;

create table public.guardians (
  id bigint generated always as identity primary key,
  child_id bigint not null references public.persons on delete restrict,
  guardian_id bigint not null references public.persons on delete restrict,
  relation text not null check (relation in ('mother', 'father', 'grandparent', 'relative', 'other')),
  consent boolean not null default false,
  valid_from date not null default private.china_date(now()),
  valid_to date,
  entered_by uuid,
  entered_at timestamptz not null default now(),
  constraint guardians_of_somebody_else check (child_id <> guardian_id),
  constraint guardians_end_after_start check (valid_to is null or valid_to >= valid_from)
);
comment on column public.guardians.consent is 'The guardian agreed to the child taking part.';
create unique index guardians_one_at_a_time on public.guardians (child_id, guardian_id) where valid_to is null;
create index guardians_child_id_idx on public.guardians (child_id);
create index guardians_guardian_id_idx on public.guardians (guardian_id);

-- A card carries a random number and nothing else: whoever finds one learns nothing, and a lost one is replaced.
create table public.person_cards (
  number text primary key check (number ~ '^[0-9A-HJKMNP-TV-Z]{10}$'),
  person_id bigint not null references public.persons on delete restrict,
  issued_at timestamptz not null default now(),
  issued_by uuid,
  revoked_at timestamptz
);
create unique index person_cards_one_valid on public.person_cards (person_id) where revoked_at is null;
create index person_cards_person_id_idx on public.person_cards (person_id);

-- One row a merge. persons.merged_into and counts_as say what is in force; this says who did it and why.
create table public.person_merges (
  id bigint generated always as identity primary key,
  kept_id bigint not null references public.persons on delete restrict,
  merged_id bigint not null references public.persons on delete restrict,
  reason text not null check (length(reason) between 2 and 200),
  at timestamptz not null default clock_timestamp(),
  by_account uuid,
  undone_at timestamptz,
  undone_by uuid,
  constraint person_merges_two_rows check (kept_id <> merged_id)
);
create index person_merges_kept_id_idx on public.person_merges (kept_id);
create index person_merges_merged_id_idx on public.person_merges (merged_id);
create unique index person_merges_one_in_force on public.person_merges (merged_id) where undone_at is null;

-- Two who look like one and are not: kept, so that the work list does not ask again.
create table public.distinct_persons (
  one_id bigint not null references public.persons on delete cascade,
  other_id bigint not null references public.persons on delete cascade,
  at timestamptz not null default now(),
  by_account uuid,
  primary key (one_id, other_id),
  constraint distinct_persons_in_order check (one_id < other_id)
);
create index distinct_persons_other_id_idx on public.distinct_persons (other_id);

-- ── who counts as whom ──────────────────────────────────────────────────────────────────────────────────────────────

-- Every row that counts as the same person as this one.
create function private.rows_of_person(of_person_id bigint) returns setof bigint
language sql stable set search_path = ''
begin atomic
  with root as (
    select coalesce(person.counts_as, person.id) as id from public.persons person where person.id = of_person_id
  )
  select root.id from root
  union all
  select follower.id from root join public.persons follower on follower.counts_as = root.id;
end;

-- The rows of the person behind the request: what a person may see of itself. Definer: identity is closed to API roles.
create function private.my_person_ids() returns setof bigint
language sql stable security definer set search_path = ''
return private.rows_of_person(private.my_person_id());
grant execute on function private.my_person_ids() to authenticated;

-- ── registering ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- The home of a person: an open village.
create function private.require_residence(unit_id integer) returns void
language plpgsql stable set search_path = '' as $$
declare
  home public.units;
begin
  select * into home from public.units unit
  where unit.id = require_residence.unit_id and unit.kind_id = 'administration' and unit.level = 'village';
  if not found then perform private.refuse(422, 'residence_invalid', '{"field": "residenceUnitId"}'); end if;
  if home.closed_on <= private.china_date(now()) then
    perform private.refuse(422, 'residence_closed', jsonb_build_object('field', 'residenceUnitId', 'unit', home.name, 'closedOn', home.closed_on));
  end if;
end $$;

-- What must be true of a person's own facts, whoever enters them.
create function private.require_facts(name text, sex text, birth_year integer) returns void
language plpgsql stable set search_path = '' as $$
begin
  if length(trim(require_facts.name)) between 1 and 40 is not true then
    perform private.refuse(422, 'name_invalid', '{"field": "name"}');
  end if;
  if require_facts.sex not in ('female', 'male') then perform private.refuse(422, 'sex_missing', '{"field": "sex"}'); end if;
  if require_facts.birth_year > private.china_year(now()) then
    perform private.refuse(422, 'birth_in_future', '{"field": "birthYear"}');
  end if;
  if require_facts.birth_year < private.china_year(now()) - 120 then
    perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}');
  end if;
end $$;

-- Enters a registry's word: [{"group", "source", "proofSeen"?, "from"?, "to"?}]. Groups that follow from the age need none.
create function private.add_groups(person_id bigint, groups jsonb, entered_by uuid) returns void
language plpgsql volatile set search_path = '' as $$
declare
  entry jsonb;
  from_day date;
  to_day date;
begin
  for entry in select jsonb_array_elements(coalesce(groups, '[]')) loop
    if not exists (select from public.population_groups where id = entry ->> 'group' and ages is null and id <> 'resident') then
      perform private.refuse(422, 'group_invalid', jsonb_build_object('field', 'group', 'group', entry ->> 'group'));
    end if;
    if length(trim(entry ->> 'source')) between 1 and 80 is not true then
      perform private.refuse(422, 'source_missing', '{"field": "source"}');
    end if;
    from_day := coalesce((entry ->> 'from')::date, private.china_date(now()));
    to_day := (entry ->> 'to')::date;
    if from_day > private.china_date(now()) then perform private.refuse(422, 'date_in_future', '{"field": "from"}'); end if;
    if to_day < from_day then perform private.refuse(422, 'dates_reversed', '{"field": "to"}'); end if;
    if exists (
      select from public.person_groups known
      where known.person_id = add_groups.person_id and known.group_id = entry ->> 'group'
        and daterange(known.valid_from, known.valid_to, '[]') && daterange(from_day, to_day, '[]')
    ) then
      perform private.refuse(409, 'group_entered', jsonb_build_object('field', 'group', 'group', entry ->> 'group'));
    end if;
    insert into public.person_groups (person_id, group_id, source, proof_seen, valid_from, valid_to, entered_by)
    values (add_groups.person_id, entry ->> 'group', trim(entry ->> 'source'), coalesce((entry ->> 'proofSeen')::boolean, false),
      from_day, to_day, add_groups.entered_by);
  end loop;
end $$;

-- Keeps sealed numbers: [{"kind", "cipher" (base64), "keyId", "lookup" (hex), "masked", "tail"}]; a kind that is there already
-- is replaced.
create function private.keep_contacts(person_id bigint, contacts jsonb, entered_by uuid) returns void
language sql volatile set search_path = ''
begin atomic
  insert into private.person_contacts as known (person_id, kind, cipher, key_id, lookup, masked, tail, entered_by)
  select keep_contacts.person_id, contact ->> 'kind', decode(contact ->> 'cipher', 'base64'), (contact ->> 'keyId')::smallint,
    decode(contact ->> 'lookup', 'hex'), contact ->> 'masked', contact ->> 'tail', keep_contacts.entered_by
  from jsonb_array_elements(coalesce(contacts, '[]')) contact
  on conflict on constraint person_contacts_pkey do update
    set cipher = excluded.cipher, key_id = excluded.key_id, lookup = excluded.lookup, masked = excluded.masked,
      tail = excluded.tail, entered_by = excluded.entered_by, entered_at = now();
end;

-- Ties a child to a guardian, from today on.
create function private.add_guardian(of_child_id bigint, by_guardian_id bigint, relation text, consent boolean, entered_by uuid) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  child public.persons;
  guardian public.persons;
  link_id bigint;
begin
  select * into child from public.persons where id = of_child_id;
  select * into guardian from public.persons where id = by_guardian_id;
  if guardian.id is null then perform private.refuse(404, 'guardian_unknown', '{"field": "guardianId"}'); end if;
  if coalesce(child.counts_as, child.id) = coalesce(guardian.counts_as, guardian.id) then
    perform private.refuse(422, 'guardian_is_child', '{"field": "guardianId"}');
  end if;
  if guardian.birth_year > private.china_year(now()) - 18 then perform private.refuse(422, 'guardian_too_young', '{"field": "guardianId"}'); end if;
  if add_guardian.relation in ('mother', 'father', 'grandparent', 'relative', 'other') is not true then
    perform private.refuse(422, 'relation_missing', '{"field": "relation"}');
  end if;
  insert into public.guardians (child_id, guardian_id, relation, consent, entered_by)
  values (child.id, guardian.id, add_guardian.relation, coalesce(add_guardian.consent, false), add_guardian.entered_by)
  on conflict (child_id, guardian_id) where valid_to is null do nothing
  returning id into link_id;
  if link_id is null then perform private.refuse(409, 'guardian_entered', '{"field": "guardianId"}'); end if;
  return link_id;
end $$;

-- Registers a person and returns its id; the one way in. Who may do it is for the caller to decide, and so is whether the
-- person may be here already (private.probable_duplicates).
create function private.register_person(
  name text, sex text, birth_year integer, residence_unit_id integer, pinyin text default null, initials text default null,
  groups jsonb default '[]', contacts jsonb default '[]', guardian_id bigint default null, guardian_relation text default null,
  guardian_consent boolean default null, entered_by uuid default null
) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  new_person_id bigint;
begin
  perform private.require_facts(register_person.name, register_person.sex, register_person.birth_year);
  perform private.require_residence(register_person.residence_unit_id);
  insert into public.persons (name, sex, birth_year, residence_unit_id, pinyin, initials, created_by)
  values (trim(register_person.name), register_person.sex, register_person.birth_year, register_person.residence_unit_id,
    nullif(register_person.pinyin, ''), nullif(register_person.initials, ''), register_person.entered_by)
  returning id into new_person_id;
  perform private.add_groups(new_person_id, register_person.groups, register_person.entered_by);
  perform private.keep_contacts(new_person_id, register_person.contacts, register_person.entered_by);
  if register_person.guardian_id is not null then
    perform private.add_guardian(new_person_id, register_person.guardian_id, register_person.guardian_relation,
      register_person.guardian_consent, register_person.entered_by);
  end if;
  return new_person_id;
end $$;
grant execute on function private.register_person(text, text, integer, integer, text, text, jsonb, jsonb, bigint, text, boolean, uuid) to job_server;

-- ── who may read ────────────────────────────────────────────────────────────────────────────────────────────────────

alter table public.guardians enable row level security;
alter table public.person_cards enable row level security;
alter table public.person_merges enable row level security;
alter table public.distinct_persons enable row level security;
grant select on public.guardians, public.person_cards to authenticated;
create policy "Guardians are read by both sides" on public.guardians for select to authenticated
  using (guardian_id in (select private.my_person_ids()) or child_id in (select private.my_person_ids()));
create policy "People read their own cards" on public.person_cards for select to authenticated
  using (person_id in (select private.my_person_ids()));

-- A person's own things are those of every row that counts as it.
alter policy "People read themselves, staff the people of their units" on public.persons
  using (id in (select private.my_person_ids()) or residence_unit_id in (select private.my_units('names')));
alter policy "Groups are read by the person and by staff who see names" on public.person_groups
  using (person_id in (select private.my_person_ids())
    or exists (select from public.persons person where person.id = person_groups.person_id
      and person.residence_unit_id in (select private.my_units('names'))));
alter policy "Participations are read by the person and by staff who see names" on public.participations
  using (person_id in (select private.my_person_ids()) or residence_unit_id in (select private.my_units('names')));
alter policy "People read their own enrolments" on public.enrolments using (person_id in (select private.my_person_ids()));
alter policy "People read their own completions" on public.lesson_completions using (person_id in (select private.my_person_ids()));
alter policy "People read their own credit account" on public.credit_accounts using (person_id in (select private.my_person_ids()));
alter policy "People read their own credit postings" on public.credit_postings using (person_id in (select private.my_person_ids()));
alter policy "People read their own watches" on public.watches using (person_id in (select private.my_person_ids()));
alter policy "People read the beats of their own watches" on public.beats
  using (exists (select from public.watches watch
    where watch.id = watch_id and watch.person_id in (select private.my_person_ids())));
alter policy "People read their own progress" on public.lesson_progress using (person_id in (select private.my_person_ids()));
alter policy "People read their own readings" on public.readings using (person_id in (select private.my_person_ids()));
