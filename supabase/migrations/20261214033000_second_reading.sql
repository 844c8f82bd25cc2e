-- What a second reading of the last changes found.

-- Where one goes on after an import is told to whoever may read the import, as its standing is: not after one's post has ended, nor of a list of others.
create or replace function public.import_way_on(import_id bigint) returns table (place text, years integer[])
language sql stable security definer set search_path = ''
begin atomic
  select around.code, array(
    select distinct written.year::integer from (
      select fact.year from public.participations fact where asked.kind = 'participation' and fact.import_id = asked.id
      union all
      select version.year from private.import_effects effect join public.population_versions version on version.id = effect.subject_id
      where asked.kind = 'populations' and effect.import_id = asked.id and effect.what = 'population'
    ) written order by 1 desc)
  from public.imports asked
  join public.units unit on unit.id = asked.unit_id
  join public.unit_kinds kind on kind.id = unit.kind_id
  join public.units around on around.id = case kind.nature when 'administration' then unit.id else unit.parent_id end
  where asked.id = import_way_on.import_id and asked.state = 'applied'
    and private.may_handle_import(asked);
end;

create or replace function public.remembered_import_columns(import_id bigint) returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object('columns', known.columns, 'fixed', case when known.unit_id = asked.unit_id then known.fixed else '{}' end)
  from public.imports asked
  join public.units place on place.id = asked.unit_id
  join private.import_columns known on known.kind = asked.kind and known.headings = asked.headings
  join public.units its on its.id = known.unit_id
  where asked.id = remembered_import_columns.import_id and asked.created_by = auth.uid() and private.may_handle_import(asked)
    and (place.path operator(extensions.<@) its.path or known.by_account = auth.uid())
  order by case when place.path operator(extensions.<@) its.path then extensions.nlevel(place.path) - extensions.nlevel(its.path) end nulls last, known.at desc
  limit 1
);

-- A card that was valid when it was shown was shown by its bearer, also where it was lost before the device without network could send it: a guest stays known.
-- Nobody comes to a session after the day on which they left.
create or replace function private.judge_marks(session public.activity_sessions, marks jsonb, full_for bigint[])
returns table (place integer, client_id uuid, person_id bigint, name text, method text, device text, device_at timestamptz, clock_off interval, extra text, outcome text)
language sql stable set search_path = ''
begin atomic
  with given as (
    select list.place::integer as place, (list.mark ->> 'clientId')::uuid as client_id, coalesce(list.mark ->> 'method', 'roster') as method, list.mark ->> 'device' as device,
      coalesce((list.mark ->> 'deviceAt')::timestamptz, clock_timestamp()) as device_at, coalesce((list.mark ->> 'clockOffMs')::bigint, 0) * interval '1 millisecond' as clock_off,
      nullif(trim(list.mark ->> 'extra'), '') as extra, list.mark ? 'card' as is_card, held.revoked_at, coalesce(held.person_id, (list.mark ->> 'personId')::bigint) as named_id,
      held.person_id is not null
        and (held.revoked_at is null or held.revoked_at > coalesce((list.mark ->> 'deviceAt')::timestamptz, clock_timestamp()) + coalesce((list.mark ->> 'clockOffMs')::bigint, 0) * interval '1 millisecond') as shows_card
    from jsonb_array_elements(marks) with ordinality as list (mark, place)
    left join public.person_cards held on held.number = private.read_card_number(list.mark ->> 'card')
  ), asked as (
    select given.*, coalesce(named.counts_as, named.id) as person_id, person.name,
      -- A valid card is enough, wherever its bearer lives; a number of the register is not.
      (given.shows_card or person.residence_unit_id in (select private.my_units('people')) or private.is_guest(session.activity_id, named.id)
        or exists (select from public.signups one where one.pool_id = private.pool_of_session(session.id) and one.person_id in (select private.rows_of_person(named.id)))) as is_known
    from given left join public.persons named on named.id = given.named_id left join public.persons person on person.id = coalesce(named.counts_as, named.id)
  ), refused as (
    select asked.*, case
      when asked.is_card and asked.person_id is null then 'card_unknown'
      when asked.is_known is not true then 'unknown'
      when private.had_left(asked.person_id, private.china_date(session.starts_at)) then 'person_left'
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

-- Homes of a past day are looked up of those alone who live at the unit or have moved away from it: the page of reports to approve asks this for each of them.
-- Whoever left by the end of the window is no registered volunteer of it; hours served before are hours served.
create or replace function public.volunteer_share(in_unit_id integer, from_day date, until_day date)
returns table (unit_id integer, code text, name text, is_parent boolean, registered integer, served integer, minutes bigint, residents bigint, source text, missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  counted_year integer := extract(year from until_day);
  inside integer[];
begin
  perform private.require_sight(in_unit_id, 'figures');
  if from_day is null or until_day is null or until_day < from_day then perform private.refuse(422, 'service_days_invalid', '{"field": "until"}'); end if;
  if is_exact then
    inside := array(select placed.unit_id from public.unit_paths placed where placed.ancestors @> array[in_unit_id] and placed.years @> counted_year);
  end if;
  return query
  with around as materialized (
    -- Those shown; and where small numbers are hidden their neighbours along the way down, whose sums would give them away.
    select unit.id, tree.parent_id, unit.code, unit.name, unit.path, unit.id = in_unit_id as is_parent,
      unit.id = in_unit_id or tree.parent_id = in_unit_id and private.stood_in(unit.opened_on, unit.closed_on, counted_year) as is_shown
    from private.tree_around(in_unit_id, counted_year, 0::smallint) tree join public.units unit on unit.id = tree.unit_id
    where not is_exact or unit.id = in_unit_id or tree.parent_id = in_unit_id
  ), people as materialized (
    select person.id, home.ancestors, bool_or(one.status = 'active') and not private.had_left(person.id, until_day + 1) as is_registered, (
      select coalesce(sum(standing.minutes), 0) from public.service_places place cross join lateral private.standing_service(place.id) standing
      where place.person_id in (select private.rows_of_person(person.id)) and private.china_date(standing.started_at) between from_day and until_day) as minutes
    from public.volunteers one join public.persons named on named.id = one.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
    join public.unit_paths home on home.unit_id = private.home_on(person.id, until_day) and home.years @> counted_year
    where one.status in ('active', 'ended') and (not is_exact or home.ancestors @> array[in_unit_id]
      and (person.residence_unit_id = any (inside) or exists (select from public.person_moves move where move.person_id = person.id and move.from_unit_id = any (inside))))
    group by person.id, home.ancestors
  ), placed as materialized (
    select above as unit_id, people.id, people.is_registered, people.minutes from people cross join unnest(people.ancestors) as above
  ), counted as materialized (
    select around.id, (count(placed.id) filter (where placed.is_registered))::integer as registered, (count(placed.id) filter (where placed.is_registered and placed.minutes > 0))::integer as served,
      coalesce(sum(placed.minutes), 0)::bigint as minutes,
      -- Hours are also of those who are registered no more.
      (count(placed.id) filter (where placed.minutes > 0))::integer as worked
    from around left join placed on placed.unit_id = around.id group by around.id
  ), judged as materialized (
    -- The number that would tell of few: a hidden one and its neighbour are told together only where there are enough of what is small.
    select around.id, around.parent_id, counted.registered, (
      select min(few.number) from unnest(array[counted.registered, counted.served, counted.registered - counted.served, counted.worked, counted.worked - counted.served]) as few (number)
      where few.number between 1 and 4) as few
    from around join counted on counted.id = around.id where not is_exact
  ), hidden as materialized (
    select private.hide_small(array_agg(row(judged.id, judged.parent_id, coalesce(judged.few, judged.registered), judged.few is not null)::private.small_number_unit)) as id
    from judged having count(*) > 0
  )
  select around.id, around.code, around.name, around.is_parent, case when around.is_seen then counted.registered end, case when around.is_seen then counted.served end, case when around.is_seen then counted.minutes end,
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  from (select around.*, around.id not in (select hidden.id from hidden) as is_seen from around where around.is_shown) around
  join counted on counted.id = around.id
  left join private.populations_of(array(select one.id from around one where one.is_shown), counted_year, array['resident']) denominator on denominator.unit_id = around.id
  order by around.is_parent desc, around.path;
end $$;

-- A child that came beside an adult is not left alone by a no to the adult either.
create or replace function public.decide_signup(of_signup_id bigint, admits boolean, reason text default null) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups := private.signup_to_change(of_signup_id, true);
  pool public.seat_pools;
  outcome text;
begin
  if exists (select from public.draws draw where draw.pool_id = signup.pool_id) then perform private.refuse(409, 'draw_decides'); end if;
  if signup.status <> 'asked' then perform private.refuse(409, 'signup_decided', jsonb_build_object('status', signup.status)); end if;
  if admits is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if signup.person_id in (select private.my_person_ids()) then perform private.refuse(403, 'own_signup'); end if;
  if not admits then
    if (length(trim(reason)) between 2 and 200) is not true then perform private.refuse(422, 'reason_missing', '{"field": "reason"}'); end if;
    -- As whoever leaves by themselves: the last adult beside a child goes after the child was decided on.
    perform private.require_adult_left(signup, false);
    perform private.end_signup(signup, 'refused', reason);
    perform private.tell(signup, 'signup_refused', jsonb_build_object('reason', trim(reason)));
    return 'refused';
  end if;
  select * into strict pool from public.seat_pools seats where seats.id = signup.pool_id;
  perform private.require_open(pool);
  outcome := case when pool.taken + pool.held < pool.capacity then 'confirmed' else 'waiting' end;
  -- Who is admitted waits and comes by itself.
  update public.signups one set status = outcome, party_id = one.id where one.id = signup.id;
  if outcome = 'waiting' then perform private.rank_waiting(signup.id, private.seat_rank(activity, signup.person_id)) from public.activities activity where activity.id = pool.activity_id; end if;
  if outcome = 'confirmed' then update public.seat_pools seats set taken = seats.taken + 1 where seats.id = pool.id; end if;
  perform private.note_signup(signup.id, outcome);
  perform private.tell(signup, 'signup_accepted', jsonb_build_object('status', outcome));
  return outcome;
end $$;
