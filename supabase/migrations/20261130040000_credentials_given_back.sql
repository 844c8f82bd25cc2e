-- Certificates after rows that were one person are parted again, and after the desk takes its own revocation back.

-- While two rows were one person, what either earned was certified for the row that is kept. When they are parted, that goes to
-- the row that earned it, under that row's name: revoked here, issued there. What both earned together neither has.
create function private.give_back_credentials() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  parted bigint[] := array(select private.rows_of_person(old.counts_as) union select private.rows_of_person(new.id));
  held public.credentials;
  earners bigint[];
begin
  for held in
    select credential.* from public.credentials credential
    where credential.person_id = any (parted) and credential.revoked_at is null and credential.kind <> 'transcript' order by credential.id
  loop
    earners := private.credential_earners(held);
    continue when earners <@ array[private.credit_learner(held.person_id)];
    perform private.revoke_credential(held.id, 'merge_undone');
    if cardinality(earners) = 1 then
      perform private.want_credential(held.kind, earners[1], held.subject_id, held.unit_id, held.snapshot,
        array(select ground.posting_id from public.credential_grounds ground where ground.credential_id = held.id), held.issued_at);
    elsif held.kind = 'course' then
      perform private.want_course_credential(earner, held.subject_id::bigint) from unnest(earners) earner;
    end if;
  end loop;
  -- A transcript of that time adds up what both learned.
  if old.merged_into is not null and new.merged_into is null then
    perform private.revoke_credential(listing.id, 'merge_undone') from public.credentials listing
      where listing.person_id = any (parted) and listing.kind = 'transcript' and listing.revoked_at is null
        and listing.issued_at >= (select max(merge.at) from public.person_merges merge where merge.merged_id = new.id);
  end if;
  return null;
end $$;
-- When the transaction ends, every row counts as whom it will.
create constraint trigger persons_give_back_credentials after update of counts_as on public.persons deferrable initially deferred
  for each row when (old.counts_as is not null and new.counts_as is distinct from old.counts_as) execute function private.give_back_credentials();

-- Issues again what a lifted revocation held back, where there is still a right to it; a transcript is asked for anew by its owner.
create function private.want_again(revoked public.credentials) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  grounds bigint[] := array(select ground.posting_id from public.credential_grounds ground where ground.credential_id = revoked.id);
begin
  if revoked.kind = 'transcript' then return null; end if;
  if revoked.kind = 'award' and not exists (select from public.credit_applications application
      where application.id::text = revoked.subject_id and application.state = 'approved') then return null; end if;
  if revoked.kind = 'honour' and not exists (select from public.honour_events event
      join public.honours held on held.person_id = private.credit_learner(event.person_id) and held.rank >= event.rank
      where event.id::text = revoked.subject_id and event.kind = 'reached') then return null; end if;
  if exists (select from public.credit_postings reversal where reversal.reverses = any (grounds)) then
    return case when revoked.kind = 'course' then private.want_course_credential(revoked.person_id, revoked.subject_id::bigint) end;
  end if;
  return private.want_credential(revoked.kind, revoked.person_id, revoked.subject_id, revoked.unit_id, revoked.snapshot, grounds, revoked.issued_at);
end $$;

-- Takes a revocation of the desk back, with a reason. The certificate stays revoked, as whoever checked it was told; a new one is
-- issued in its place, whose id is returned: null where there is no right to it any more.
create function public.lift_revocation(credential_id bigint, words text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  credential public.credentials := private.hold_credential(lift_revocation.credential_id);
  anew bigint;
begin
  if (length(trim(lift_revocation.words)) between 4 and 200) is not true then perform private.refuse(422, 'lifting_reason_missing', '{"field": "reason"}'); end if;
  if credential.revoked_reason is distinct from 'desk_decision' then perform private.refuse(409, 'not_revoked_by_desk', '{"field": "reason"}'); end if;
  if credential.lifted_at is not null then perform private.refuse(409, 'revocation_lifted', '{"field": "reason"}'); end if;
  update public.credentials one set lifted_at = clock_timestamp(), lifted_words = trim(lift_revocation.words), lifted_by = auth.uid() where one.id = credential.id;
  anew := private.want_again(credential);
  perform private.audit('credential_revocation_lifted', 'credential', credential.id::text, credential.unit_id,
    jsonb_strip_nulls(jsonb_build_object('kind', credential.kind, 'anew', anew)));
  return anew;
end $$;
grant execute on function public.lift_revocation(bigint, text) to authenticated;
