-- A child who is registered at the door comes with the guardian, who is known there: of one's own register or a guest, from wherever. And where nobody
-- signs up, the list of the door are those who came to the host lately, so that they can be ticked without network.

drop function public.register_walk_in(bigint, text, text, integer, integer, text, text, jsonb, uuid, text);
create function public.register_walk_in(of_session_id bigint, name text, sex text, birth_year integer, residence_unit_id integer, pinyin text, initials text, contacts jsonb, client_id uuid, extra text default null,
  guardian_id bigint default null, guardian_relation text default null, guardian_consent boolean default null)
returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  new_id bigint;
  said text;
  is_here boolean := register_walk_in.residence_unit_id in (select private.my_units('people'));
begin
  if register_walk_in.birth_year is null then perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}'); end if;
  if private.needs_guardian(register_walk_in.birth_year) and register_walk_in.guardian_id is null then perform private.refuse(422, 'child_needs_guardian', '{"field": "guardian"}'); end if;
  if register_walk_in.sex is null then perform private.refuse(422, 'sex_missing', '{"field": "sex"}'); end if;
  -- Whom one may mark there: of one's own register, or a guest who gave a whole number.
  if register_walk_in.guardian_id is not null and not exists (select from public.persons adult where adult.id = register_walk_in.guardian_id
      and (adult.residence_unit_id in (select private.my_units('people')) or private.is_guest(session.activity_id, adult.id))) then
    perform private.refuse(404, 'guardian_unknown', '{"field": "guardian"}');
  end if;
  perform private.refuse_known_id_number(null, register_walk_in.contacts);
  new_id := private.register_person(register_walk_in.name, register_walk_in.sex, register_walk_in.birth_year, register_walk_in.residence_unit_id, register_walk_in.pinyin, register_walk_in.initials,
    '[]', register_walk_in.contacts, register_walk_in.guardian_id, register_walk_in.guardian_relation, register_walk_in.guardian_consent, auth.uid());
  if not is_here then insert into private.activity_guests (activity_id, person_id, by_account) values (session.activity_id, new_id, auth.uid()); end if;
  perform private.audit('person_registered', 'person', new_id::text, register_walk_in.residence_unit_id);
  select marked.outcome into said from public.mark_attendance(of_session_id, jsonb_build_array(jsonb_build_object('clientId', register_walk_in.client_id, 'personId', new_id, 'extra', register_walk_in.extra, 'method',
    -- Whoever is entered after the session was on the paper list.
    case when session.ends_at + interval '24 hours' < now() then 'paper' else 'walk_in' end))) marked;
  if said = 'full' then perform private.refuse(409, 'session_full_at_door'); end if;
  if said <> 'in' then perform private.refuse(409, 'walk_in_not_marked', jsonb_build_object('outcome', said)); end if;
  return new_id;
end $$;
grant execute on function public.register_walk_in(bigint, text, text, integer, integer, text, text, jsonb, uuid, text, bigint, text, boolean) to authenticated;

-- As before; where nobody signs up, with up to 300 of one's own residents who came to the host in half a year, those of this activity first.
create or replace function public.door_list(of_session_id bigint) returns jsonb
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
    'cancelReason', session.cancel_reason, 'isConfirmed', session.confirmed_at is not null, 'signUp', activity.sign_up,
    'people', (
      select coalesce(jsonb_agg(jsonb_build_object('id', one.person_id, 'name', one.name, 'home', one.home, 'phone', right(one.phone, 4), 'initials', person.initials, 'pinyin', replace(person.pinyin, ' ', ''), 'number', one.number,
        'signup', one.status, 'isOnLeave', one.on_leave, 'isIn', one.method is not null,
        'cards', (select coalesce(jsonb_agg(left(encode(sha256(convert_to(session.id || ':' || card.number, 'UTF8')), 'hex'), 6)), '[]') from public.person_cards card
          where card.revoked_at is null and card.person_id in (select private.rows_of_person(one.person_id)))) order by one.number nulls last, one.name), '[]')
      from (
        select known.person_id, known.name, known.home, known.phone, known.number, known.status, known.on_leave, known.method from public.session_roster(session.id) known
        union all
        select often.id, often.name, home.name, (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id = often.id), null, null, false, null
        from (
          select coalesce(named.counts_as, named.id) as id from public.activities other join public.activity_sessions held on held.activity_id = other.id and held.starts_at > now() - interval '180 days'
          join public.session_records record on record.session_id = held.id join public.persons named on named.id = record.person_id
          where activity.sign_up = 'none' and other.host_unit_id = activity.host_unit_id group by 1 order by count(*) filter (where other.id = activity.id) desc, count(*) desc, 1 limit 300
        ) came join public.persons often on often.id = came.id join public.units home on home.id = often.residence_unit_id
        where often.residence_unit_id in (select private.my_units('people'))
          and not exists (select from public.session_roster(session.id) listed where listed.person_id = often.id)
      ) one join public.persons person on person.id = one.person_id));
end $$;
