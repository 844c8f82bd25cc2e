-- Whoever asked for a seat that the school gives hears the answer by text message too, not by looking.

-- Takes notices to be sent as text messages, each with the sealed number: the person's own, or of the guardian. Runs at once take different ones.
-- What is older than a day, or an offer that is over, is told on the page alone; whoever has no number too.
create or replace function private.take_notices_to_text(most integer)
returns table (id bigint, kind text, title text, starts_at timestamptz, venue text, details jsonb, for_name text, cipher bytea, key_id integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with taken as (
    update public.notices notice set texted_at = clock_timestamp(), tries = notice.tries + 1
    where notice.id in (
      select one.id from public.notices one
      where one.texted_at is null and one.tries < 3 and one.at > now() - interval '1 day'
        and one.kind in ('seat_offered', 'session_changed', 'session_cancelled', 'activity_cancelled', 'session_soon', 'draw_seat', 'draw_line',
          'signup_accepted', 'signup_refused')
        and (one.kind <> 'seat_offered' or exists (select from public.signups signup where signup.id = one.signup_id and signup.status = 'offered'))
      order by one.id limit most for update skip locked)
    returning notice.*
  )
  select taken.id, taken.kind, activity.title, session.starts_at, coalesce(session.venue, activity.venue), taken.details,
    case when number.of_guardian then person.name end, number.cipher, number.key_id
  from taken join public.persons person on person.id = taken.person_id join public.activities activity on activity.id = taken.activity_id
  left join public.activity_sessions session on session.id = taken.session_id
  cross join lateral (
    select known.of_guardian, known.cipher, known.key_id from (
      select false as of_guardian, 1 as turn, account.phone_cipher as cipher, account.phone_key_id::integer as key_id from identity.accounts account
      where account.person_id in (select private.rows_of_person(taken.person_id)) and account.phone_cipher is not null and account.disabled_at is null
      union all
      select false, 2, contact.cipher, contact.key_id::integer from private.person_contacts contact
      where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(taken.person_id))
      union all
      select true, 3, account.phone_cipher, account.phone_key_id::integer from public.guardians link
      join identity.accounts account on account.person_id in (select private.rows_of_person(link.guardian_id)) and account.phone_cipher is not null and account.disabled_at is null
      where link.child_id in (select private.rows_of_person(taken.person_id)) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
      union all
      select true, 4, contact.cipher, contact.key_id::integer from public.guardians link
      join private.person_contacts contact on contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(link.guardian_id))
      where link.child_id in (select private.rows_of_person(taken.person_id)) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
    ) known order by known.turn limit 1
  ) number
  order by taken.id;
end $$;
