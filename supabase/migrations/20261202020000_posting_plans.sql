-- Asked at every posting: in PL/pgSQL, which keeps its plan. Neither can be taken into the query that calls it, and a function in SQL
-- that cannot is planned anew each time.

create or replace function private.credit_learner(of_person_id bigint) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return (select coalesce(person.counts_as, person.id) from public.persons person where person.id = of_person_id);
end $$;

create or replace function private.chain_link(head bytea, request_hash bytea, outcome text, minutes bigint, milli_credits bigint, balance bigint, seq bigint) returns bytea
language plpgsql immutable parallel safe set search_path = '' as $$
begin
  return sha256(head || request_hash || convert_to(concat_ws('|', outcome, minutes, milli_credits, balance, seq), 'UTF8'));
end $$;
