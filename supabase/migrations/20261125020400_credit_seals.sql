-- The nightly seal: one root over the heads of all learners' chains, signed and published. Who kept a copy of a seal can
-- show later that a chain was altered, even by whoever holds the database.

create table public.credit_seals (
  id bigint generated always as identity primary key,
  sealed_at timestamptz not null default clock_timestamp(),
  learners integer not null check (learners > 0),
  root text not null check (root ~ '^[0-9a-f]{64}$'),
  -- What was signed: purpose, time, learners and root in one line.
  statement text not null,
  signature text not null,
  public_key text not null
);
create trigger credit_seals_append_only before update or delete on public.credit_seals
  for each row execute function private.refuse_change();
create trigger credit_seals_not_truncated before truncate on public.credit_seals
  for each statement execute function private.refuse_change();
alter table public.credit_seals enable row level security;
grant select on public.credit_seals to anon, authenticated;
create policy "Visitors read seals" on public.credit_seals for select to anon using (true);
create policy "Accounts read seals" on public.credit_seals for select to authenticated using (true);

-- Each learner's way up to the root of the latest seal; every seal puts its own in the place of the one before.
create table public.credit_seal_paths (
  person_id bigint primary key references public.persons on delete restrict,
  seal_id bigint not null references public.credit_seals on delete restrict,
  seq bigint not null,
  place integer not null check (place >= 0),
  path text[] not null
);
create index credit_seal_paths_seal_id_idx on public.credit_seal_paths (seal_id);
alter table public.credit_seal_paths enable row level security;
grant select on public.credit_seal_paths to authenticated;
create policy "People read their own way to the seal" on public.credit_seal_paths for select to authenticated
  using (person_id = (select private.my_person_id()));

-- Every chain's last link, in an order that says nothing about persons. Definer: it reads everybody's.
create function private.credit_heads() returns table (person_id bigint, seq bigint, head text)
language sql stable security definer set search_path = ''
begin atomic
  select learner.person_id, learner.seq, encode(learner.head, 'hex') from public.credit_learners learner
  where learner.seq > 0 order by learner.head;
end;

-- Keeps a signed seal with the learners' ways up to it. The lists are as long as one another: a learner, a place in order.
create function private.keep_credit_seal(sealed_at timestamptz, root text, statement text, signature text, public_key text,
  person_ids bigint[], seqs bigint[], paths text[]) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  sealed bigint;
begin
  -- One seal at a time: the next must see the ways that it takes the place of.
  lock table public.credit_seal_paths in share row exclusive mode;
  insert into public.credit_seals (sealed_at, learners, root, statement, signature, public_key)
  values (keep_credit_seal.sealed_at, cardinality(person_ids), keep_credit_seal.root, keep_credit_seal.statement,
    keep_credit_seal.signature, keep_credit_seal.public_key)
  returning id into sealed;
  delete from public.credit_seal_paths;
  insert into public.credit_seal_paths (person_id, seal_id, seq, place, path)
  select one.person_id, sealed, one.seq, one.place - 1, string_to_array(one.path, ' ')
  from unnest(person_ids, seqs, paths) with ordinality as one (person_id, seq, path, place);
  return sealed;
end $$;
grant execute on function private.credit_heads(), private.keep_credit_seal(timestamptz, text, text, text, text, bigint[], bigint[], text[]) to job_server;
