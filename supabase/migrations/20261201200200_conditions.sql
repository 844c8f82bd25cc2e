-- Who may come by what was earned and attended before, and who goes first where seats are short.

-- What a form says of it, checked. Part of private.activity_fields.
create function private.activity_conditions(activity public.activities, fields jsonb) returns public.activities
language plpgsql stable set search_path = '' as $$
begin
  activity.for_level := (fields ->> 'forLevel')::smallint;
  activity.came_least := (fields ->> 'cameLeast')::smallint;
  activity.came_of := case when activity.came_least is not null then coalesce(fields ->> 'cameOf', 'host') end;
  activity.came_activity_id := null;
  activity.came_category_id := null;
  activity.came_since := case when activity.came_least is not null then (fields ->> 'cameSince')::date end;
  activity.newcomers := coalesce(fields ->> 'newcomers', 'as_all');
  if activity.for_level is not null and not exists (select from public.honour_levels level where level.scheme_id = private.honour_scheme() and level.rank = activity.for_level) then
    perform private.refuse(422, 'level_unknown', '{"field": "forLevel"}');
  end if;
  if activity.came_least not between 1 and 100 then perform private.refuse(422, 'came_least_invalid', '{"field": "cameLeast"}'); end if;
  if activity.came_of = 'activity' and coalesce(fields ->> 'cameActivity', '') <> '' then
    select one.id into activity.came_activity_id from public.activities one where one.code = fields ->> 'cameActivity' and one.published_at is not null;
    if not found then perform private.refuse(422, 'came_activity_unknown', '{"field": "cameActivity"}'); end if;
  elsif activity.came_of = 'category' then
    activity.came_category_id := coalesce(fields ->> 'cameCategory', activity.category_id);
    if not exists (select from public.categories category where category.id = activity.came_category_id) then perform private.refuse(422, 'category_unknown', '{"field": "cameCategory"}'); end if;
  end if;
  if activity.came_since > private.china_date(now()) then perform private.refuse(422, 'came_since_invalid', '{"field": "cameSince"}'); end if;
  if activity.newcomers = 'only' and activity.came_least is not null then perform private.refuse(422, 'newcomers_came_before', '{"field": "newcomers"}'); end if;
  return activity;
end $$;

-- How often somebody came, as it stands on record: to what a unit held, to the sessions of an activity, or to what belongs to a category.
create function private.times_came(of_person_id bigint, what text, host_id integer, activity_id bigint, category_id text, since date) returns integer
language sql stable set search_path = ''
return case when what = 'activity' then (
  select count(*)::integer from public.session_records record join public.activity_sessions session on session.id = record.session_id and session.activity_id = times_came.activity_id
  join public.participations fact on fact.id = private.standing_record(record.participation_id) and fact.status = 'attended'
  where record.person_id in (select private.rows_of_person(of_person_id)) and (since is null or session.starts_at >= since::timestamp at time zone 'Asia/Shanghai'))
else (
  select count(*)::integer from public.participations fact
  where fact.person_id in (select private.rows_of_person(of_person_id)) and fact.status = 'attended' and fact.organised and fact.channel = 'onsite'
    and case what when 'host' then fact.host_unit_id = host_id else fact.category_id = times_came.category_id end
    and (since is null or fact.started_at >= since::timestamp at time zone 'Asia/Shanghai')
    and not exists (select from public.participations later where later.corrects = fact.id)) end;

-- Refuses who has not earned or attended what an activity asks for, with how much is there. Part of private.require_eligible.
create function private.require_conditions(activity public.activities, person public.persons) returns void
language plpgsql stable set search_path = '' as $$
declare
  came integer;
  about jsonb := jsonb_build_object('name', person.name, 'person', person.id);
begin
  if activity.for_level is not null and not exists (
      select from private.levels_by_postings(array(select private.rows_of_person(person.id))) held where held.rank >= activity.for_level) then
    perform private.refuse(409, 'level_too_low', about || (select jsonb_build_object('zh', level.zh, 'en', level.en) from public.honour_levels level where level.rank = activity.for_level
      order by level.scheme_id = private.honour_scheme() desc, level.scheme_id desc limit 1));
  end if;
  if activity.came_least is not null then
    came := private.times_came(person.id, activity.came_of, activity.host_unit_id, coalesce(activity.came_activity_id, activity.id), activity.came_category_id, activity.came_since);
    if came < activity.came_least then
      perform private.refuse(409, case when activity.came_since is null then 'came_too_little' else 'came_too_little_since' end,
        about || jsonb_build_object('least', activity.came_least, 'came', came, 'since', activity.came_since) || private.came_words(activity));
    end if;
  end if;
  if activity.newcomers = 'only' and private.times_came(person.id, 'host', activity.host_unit_id, null, null, null) > 0 then
    perform private.refuse(409, 'newcomers_only', about || jsonb_build_object('unit', (select unit.name from public.units unit where unit.id = activity.host_unit_id)));
  end if;
end $$;

-- What an activity asks to have attended, by name.
create function private.came_words(activity public.activities) returns jsonb
language sql stable set search_path = ''
return case activity.came_of
  when 'host' then (select jsonb_build_object('zh', unit.name, 'en', unit.name) from public.units unit where unit.id = activity.host_unit_id)
  when 'activity' then (select jsonb_build_object('zh', concat('《', other.title, '》'), 'en', other.title) from public.activities other where other.id = coalesce(activity.came_activity_id, activity.id))
  when 'category' then (select jsonb_build_object('zh', concat('“', category.zh, '”类活动'), 'en', category.en) from public.categories category where category.id = activity.came_category_id)
  end;

-- What residents are told of it on the page of an activity. Visitors ask too, and may call nothing private: what it is called is spelt out here.
create function public.conditions_of_activity(of_code text) returns jsonb
language sql stable set search_path = ''
return (
  select jsonb_build_object('level', (select jsonb_build_object('zh', level.zh, 'en', level.en) from public.honour_levels level
      join public.honour_schemes scheme on scheme.id = level.scheme_id and scheme.in_force @> (now() at time zone 'Asia/Shanghai')::date where level.rank = activity.for_level),
    'least', activity.came_least, 'since', activity.came_since, 'newcomers', activity.newcomers, 'unit', host.name, 'of', case activity.came_of
      when 'host' then jsonb_build_object('zh', host.name, 'en', host.name)
      when 'activity' then (select jsonb_build_object('zh', concat('《', other.title, '》'), 'en', other.title) from public.activities other where other.id = coalesce(activity.came_activity_id, activity.id))
      when 'category' then (select jsonb_build_object('zh', concat('“', category.zh, '”类活动'), 'en', category.en) from public.categories category where category.id = activity.came_category_id) end)
  from public.activities activity join public.units host on host.id = activity.host_unit_id
  where activity.code = of_code and activity.published_at is not null);
grant execute on function public.conditions_of_activity(text) to anon, authenticated;

-- Before others (1) whoever never came to the host where it lets newcomers go first, behind others (-1) whoever left seats empty.
create function private.seat_rank(activity public.activities, of_person_id bigint) returns integer
language sql stable set search_path = ''
return case
  when (select state.effect = 'later' from private.no_show_state(of_person_id) state) then -1
  when activity.newcomers = 'first' and private.times_came(of_person_id, 'host', activity.host_unit_id, null, null, null) = 0 then 1
  else 0 end;

-- Puts a party that begins to wait where its rank lets it: the lowest of its people's.
create function private.rank_waiting(of_party_id bigint, party_rank integer) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if party_rank <> 0 then
    update public.signups one set priority = party_rank, priority_reason = case party_rank when 1 then 'newcomer' else 'no_show' end where one.party_id = of_party_id and one.status = 'waiting';
  end if;
end $$;
