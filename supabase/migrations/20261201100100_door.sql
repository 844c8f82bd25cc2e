-- What a device keeps of a session to work without network: who may come, and by what a card is recognised.

-- The list of a session for a device: names, home and the end of a phone to call them by, how the name sounds, who is in; and of a card so few letters
-- of a hash (24 bits) that it is told from the others of the list but never found out.
create function public.door_list(of_session_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  session public.activity_sessions;
  activity public.activities;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into session from public.activity_sessions one join public.activities known on known.id = one.activity_id and known.published_at is not null
  where one.id = of_session_id and known.host_unit_id in (select private.my_units('people'));
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  return jsonb_build_object('session', session.id, 'title', activity.title, 'startsAt', session.starts_at, 'endsAt', session.ends_at, 'venue', coalesce(session.venue, activity.venue), 'room', coalesce(session.room, activity.room),
    'cancelReason', session.cancel_reason, 'isConfirmed', session.confirmed_at is not null,
    'people', (
      select coalesce(jsonb_agg(jsonb_build_object('id', one.person_id, 'name', one.name, 'home', one.home, 'phone', right(one.phone, 4), 'initials', person.initials, 'pinyin', replace(person.pinyin, ' ', ''), 'number', one.number,
        'signup', one.status, 'isOnLeave', one.on_leave, 'isIn', one.method is not null,
        'cards', (select coalesce(jsonb_agg(left(encode(sha256(convert_to(session.id || ':' || card.number, 'UTF8')), 'hex'), 6)), '[]') from public.person_cards card
          where card.revoked_at is null and card.person_id in (select private.rows_of_person(one.person_id)))) order by one.number nulls last, one.name), '[]')
      from public.session_roster(session.id) one join public.persons person on person.id = one.person_id));
end $$;
grant execute on function public.door_list(bigint) to authenticated;
