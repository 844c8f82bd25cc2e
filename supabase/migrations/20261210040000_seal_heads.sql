-- Which link of each chain a seal was made over is kept, so that the root of an earlier seal can be made anew as well: whoever holds the database and
-- the key could write a chain anew and seal it again, but the seals of before are published. One row where a chain has grown since the
-- seal before, so never more rows than postings.

create table private.credit_seal_heads (
  person_id bigint not null references public.persons on delete restrict,
  seal_id bigint not null references public.credit_seals on delete restrict,
  seq bigint not null,
  primary key (person_id, seal_id)
);
create index credit_seal_heads_latest_idx on private.credit_seal_heads (person_id, seal_id desc) include (seq);
create index credit_seal_heads_seal_id_idx on private.credit_seal_heads (seal_id);
alter table private.credit_seal_heads enable row level security;
create trigger credit_seal_heads_append_only before update or delete on private.credit_seal_heads
  for each row execute function private.refuse_change();
create trigger credit_seal_heads_not_truncated before truncate on private.credit_seal_heads
  for each statement execute function private.refuse_change();

-- Keeps a signed seal with the learners' ways up to it. The lists are as long as one another: a learner, a place in order.
create or replace function private.keep_credit_seal(sealed_at timestamptz, root text, statement text, signature text, public_key text,
  person_ids bigint[], seqs bigint[], paths text[]) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  sealed bigint;
  is_first boolean := not exists (select from private.credit_seal_heads);
begin
  -- One seal at a time: the next must see the ways that it takes the place of.
  lock table public.credit_seal_paths in share row exclusive mode;
  insert into public.credit_seals (sealed_at, learners, root, statement, signature, public_key)
  values (keep_credit_seal.sealed_at, cardinality(person_ids), keep_credit_seal.root, keep_credit_seal.statement,
    keep_credit_seal.signature, keep_credit_seal.public_key)
  returning id into sealed;
  -- What the seal before has of a learner is in the ways up to it; before the first of these all are new.
  insert into private.credit_seal_heads (person_id, seal_id, seq)
  select one.person_id, sealed, one.seq from unnest(person_ids, seqs) as one (person_id, seq)
  left join public.credit_seal_paths before on before.person_id = one.person_id
  where is_first or one.seq is distinct from before.seq;
  delete from public.credit_seal_paths;
  insert into public.credit_seal_paths (person_id, seal_id, seq, place, path)
  select one.person_id, sealed, one.seq, one.place - 1, string_to_array(one.path, ' ')
  from unnest(person_ids, seqs, paths) with ordinality as one (person_id, seq, path, place);
  return sealed;
end $$;

-- Seals before the last of which the links are kept. Definer, as what follows: the job alone asks.
create function private.earlier_seals() returns setof bigint
language sql stable security definer set search_path = ''
begin atomic
  select seal.id from public.credit_seals seal
  where seal.id >= (select min(head.seal_id) from private.credit_seal_heads head) and seal.id < (select max(last.id) from public.credit_seals last)
  order by seal.id;
end;

-- The links that a seal was made over, as the chains have them today, in its order; null for one that is gone.
create function private.links_of_seal(of_seal_id bigint) returns table (person_id bigint, link text)
language sql stable security definer set search_path = ''
begin atomic
  select head.person_id, encode(posting.chain, 'hex') from (
    select distinct on (kept.person_id) kept.person_id, kept.seq from private.credit_seal_heads kept
    where kept.seal_id <= links_of_seal.of_seal_id order by kept.person_id, kept.seal_id desc
  ) head
  left join public.credit_postings posting on posting.person_id = head.person_id and posting.seq = head.seq
  order by posting.chain;
end;
grant execute on function private.earlier_seals(), private.links_of_seal(bigint) to job_server;
