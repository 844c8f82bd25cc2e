-- Nearly always no rule is being re-rated. Looking for a learner's turn then costs every posting a cursor and a set; now it costs one glance.
create or replace function private.take_rerating_turn(of_person_id bigint, of_rule_id text) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  turn bigint;
  taken boolean := false;
begin
  if not exists (select from public.credit_reratings rerating where rerating.rule_id = of_rule_id and rerating.state = 'posting') then return false; end if;
  for turn in select one.rerating_id from private.rerating_turns(array[of_person_id], of_rule_id) one order by one.rerating_id loop
    perform private.post_rerating_of(rerating, of_person_id) from public.credit_reratings rerating where rerating.id = turn;
    taken := true;
  end loop;
  return taken;
end $$;

-- Room under the caps that an event stands under, by its category and institution. What people decide has neither, and only the caps of all.
create or replace function private.credit_room(of_person_id bigint, of_rule_id text, day date, of_category_id text default null, of_host_id integer default null) returns private.credit_room
language plpgsql stable set search_path = ''
as $$
declare
  found_room private.credit_room;
  rooms bigint[];
  names text[];
  tightest integer;
begin
  -- Gathered in order of the caps and sought in afterwards: every aggregate that sorts for itself would sort anew.
  select min(room), array_agg(id), array_agg(period_start), array_agg(host_id), array_agg(room), array_agg(name)
  into found_room.room, found_room.cap_ids, found_room.period_starts, found_room.hosts, rooms, names
  from (
    select cap.id, case when cap.per_institution then 'institution' when cap.category_id is not null then 'category' else cap.period end as name,
      start.period_start, start.host_id, cap.amount - coalesce((
        select sum(taken.used) from public.credit_caps version
        join public.credit_cap_uses taken on taken.person_id = of_person_id and taken.cap_id = version.id and taken.period_start = start.period_start and taken.host_unit_id = start.host_id
        where version.rule_id = cap.rule_id and version.period = cap.period and version.scope = cap.scope), 0)::bigint as room
    from public.credit_caps cap
    cross join lateral (select private.cap_period(cap.period, cap.first_month, credit_room.day) as period_start, case when cap.per_institution then of_host_id else 0 end as host_id) start
    where cap.rule_id = of_rule_id and cap.in_force @> credit_room.day
      and (cap.category_id is null or cap.category_id = of_category_id) and (not cap.per_institution or of_host_id is not null)
    order by cap.id
  ) one;
  tightest := array_position(rooms, found_room.room);
  found_room.tightest := names[tightest];
  found_room.tightest_id := found_room.cap_ids[tightest];
  return found_room;
end $$;
