-- A mark that does not count, by a lost card or taken back, does not make the next one of the same person in the same message a second one:
-- that one is the first, and takes the seat.

create or replace function private.judge_marks(session public.activity_sessions, marks jsonb, full_for bigint[])
returns table (place integer, client_id uuid, person_id bigint, name text, method text, device text, device_at timestamptz, clock_off interval, extra text, outcome text)
language sql stable set search_path = ''
begin atomic
  with given as (
    select list.place::integer as place, (list.mark ->> 'clientId')::uuid as client_id, coalesce(list.mark ->> 'method', 'roster') as method, list.mark ->> 'device' as device,
      coalesce((list.mark ->> 'deviceAt')::timestamptz, clock_timestamp()) as device_at, coalesce((list.mark ->> 'clockOffMs')::bigint, 0) * interval '1 millisecond' as clock_off,
      nullif(trim(list.mark ->> 'extra'), '') as extra, list.mark ? 'card' as is_card, held.revoked_at, coalesce(held.person_id, (list.mark ->> 'personId')::bigint) as named_id
    from jsonb_array_elements(marks) with ordinality as list (mark, place)
    left join public.person_cards held on held.number = private.read_card_number(list.mark ->> 'card')
  ), asked as (
    select given.*, coalesce(named.counts_as, named.id) as person_id, person.name,
      (person.residence_unit_id in (select private.my_units('people')) or exists (select from public.signups one where one.pool_id = private.pool_of_session(session.id)
        and one.person_id in (select private.rows_of_person(named.id)))) as is_known
    from given left join public.persons named on named.id = given.named_id left join public.persons person on person.id = coalesce(named.counts_as, named.id)
  ), refused as (
    select asked.*, case
      when asked.is_card and asked.person_id is null then 'card_unknown'
      when asked.is_known is not true then 'unknown'
      when asked.is_card and asked.revoked_at <= asked.device_at + asked.clock_off then 'card_revoked'
      when asked.device_at + asked.clock_off not between session.starts_at - interval '2 hours' and least(session.ends_at + interval '24 hours', now() + interval '1 minute') and asked.method not in ('paper', 'roster') then 'at_another_time'
      -- Sent before: what was said of it then stands.
      when exists (select from public.attendance_marks sent join public.attendance_voids taken_back on taken_back.mark_id = sent.id where sent.client_id = asked.client_id) then 'taken_back'
    end as refusal
    from asked
  ), judged as (
    -- The second of a person is the second of those that count.
    select refused.*, row_number() over (partition by refused.person_id, refused.refusal is null order by refused.place) as time from refused
  )
  select judged.place, judged.client_id, judged.person_id, case when judged.is_known then judged.name end, judged.method, judged.device, judged.device_at, judged.clock_off, judged.extra, case
    when judged.refusal is not null then judged.refusal
    when exists (select from public.attendance_marks sent where sent.client_id = judged.client_id) then 'in'
    when judged.time > 1 or exists (select from private.attendance_of(session.id) present where present.person_id = judged.person_id) then 'again'
    when judged.person_id = any (full_for) then 'full'
    else 'in' end
  from judged order by judged.place;
end;
