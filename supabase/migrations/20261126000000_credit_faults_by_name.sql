-- What must always hold of the ledger is checked by functions private.credit_faults_of_<part>(): the check runs whichever
-- there are, so a part that joins the bank brings its own and no list has to be kept.
alter function private.ledger_faults() rename to credit_faults_of_ledger;
alter function private.reward_faults() rename to credit_faults_of_rewards;

drop function private.credit_faults();
create function private.credit_faults() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
declare
  part regproc;
begin
  for part in
    select routine.oid from pg_catalog.pg_proc routine
    where routine.pronamespace = 'private'::regnamespace and routine.proname like 'credit\_faults\_of\_%' and routine.pronargs = 0
    order by routine.proname
  loop
    return query execute pg_catalog.format('select * from %s()', part);
  end loop;
end $$;
