-- What was agreed to above is changed by the school at once, and whoever agreed sees what is otherwise now (decision 46): a change of time, place, fee, ages,
-- lecturer or seats stays on their list until they have said that they saw it.

create table public.activity_changes (
  id bigint generated always as identity primary key,
  activity_id bigint not null references public.activities on delete cascade,
  -- Of one session, or of the whole.
  session_id bigint references public.activity_sessions on delete cascade,
  what text not null check (what in ('time', 'added', 'place', 'fee', 'ages', 'lecturer', 'capacity')),
  was jsonb not null,
  became jsonb not null,
  by_account uuid,
  at timestamptz not null default clock_timestamp()
);
create index activity_changes_activity_id_idx on public.activity_changes (activity_id);
create index activity_changes_session_id_idx on public.activity_changes (session_id);
create table public.activity_change_reviews (
  change_id bigint not null references public.activity_changes on delete cascade,
  -- The place whose plans the one above it agrees to, as in activity_approvals.
  unit_id integer not null references public.units on delete restrict,
  seen_by uuid,
  seen_at timestamptz,
  primary key (change_id, unit_id)
);
create index activity_change_reviews_unseen_idx on public.activity_change_reviews (change_id) where seen_at is null;
create index activity_change_reviews_unit_id_idx on public.activity_change_reviews (unit_id);
alter table public.activity_changes enable row level security;
alter table public.activity_change_reviews enable row level security;
-- Read by review_of_activity() alone.

-- Whether the asker approves above a place.
create function private.approves_above(place public.units) returns boolean
language sql stable set search_path = ''
return exists (select from unnest(private.my_unit_paths('approval')) as mine (path) where mine.path operator(extensions.@>) (place).path and mine.path operator(extensions.<>) (place).path);

-- Keeps a change for those who have to agree to the plans of the host. What one of them changes, they have seen.
create function private.note_change(of_activity_id bigint, of_session_id bigint, what text, was jsonb, became jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  activity public.activities;
  change_id bigint;
begin
  -- What nobody asked for is no change of the school's.
  if auth.uid() is null then return; end if;
  -- Of what is over nothing is changed any more, it is put right.
  if of_session_id is null and not exists (select from public.activity_sessions one where one.activity_id = of_activity_id and one.cancelled_at is null and one.ends_at > now()) then return; end if;
  select * into activity from public.activities one where one.id = of_activity_id;
  if activity.status <> 'published' or not exists (select from private.review_steps(activity)) then return; end if;
  insert into public.activity_changes (activity_id, session_id, what, was, became, by_account)
  values (of_activity_id, of_session_id, note_change.what, note_change.was, note_change.became, auth.uid()) returning id into change_id;
  insert into public.activity_change_reviews (change_id, unit_id, seen_by, seen_at)
  select change_id, step.unit_id, case when step.is_mine then auth.uid() end, case when step.is_mine then clock_timestamp() end from private.review_steps(activity) step;
end $$;

create function private.note_activity_change() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  if (new.venue, new.room) is distinct from (old.venue, old.room) then
    perform private.note_change(new.id, null, 'place', jsonb_build_object('venue', old.venue, 'room', old.room), jsonb_build_object('venue', new.venue, 'room', new.room));
  end if;
  if (new.fee_fen, new.fee_for) is distinct from (old.fee_fen, old.fee_for) then
    perform private.note_change(new.id, null, 'fee', jsonb_build_object('feeFen', old.fee_fen, 'feeFor', old.fee_for), jsonb_build_object('feeFen', new.fee_fen, 'feeFor', new.fee_for));
  end if;
  if (new.ages, new.minors) is distinct from (old.ages, old.minors) then
    perform private.note_change(new.id, null, 'ages', jsonb_build_object('youngest', lower(old.ages), 'oldest', upper(old.ages) - 1, 'minors', old.minors),
      jsonb_build_object('youngest', lower(new.ages), 'oldest', upper(new.ages) - 1, 'minors', new.minors));
  end if;
  if private.text_key(coalesce(new.lecturer, '')) is distinct from private.text_key(coalesce(old.lecturer, '')) then
    perform private.note_change(new.id, null, 'lecturer', jsonb_build_object('name', old.lecturer), jsonb_build_object('name', new.lecturer));
  end if;
  return null;
end $$;
create trigger activities_note_change after update of venue, room, fee_fen, fee_for, ages, minors, lecturer on public.activities
  for each row when (old.status = 'published' and new.status = 'published') execute function private.note_activity_change();

create function private.note_session_change() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    perform private.note_change(new.activity_id, new.id, 'added', '{}', jsonb_build_object('startsAt', new.starts_at, 'endsAt', new.ends_at));
    return null;
  end if;
  -- What is over is put right, not changed.
  if greatest(old.ends_at, new.ends_at) <= now() then return null; end if;
  if (new.starts_at, new.ends_at) is distinct from (old.starts_at, old.ends_at) then
    perform private.note_change(new.activity_id, new.id, 'time', jsonb_build_object('startsAt', old.starts_at, 'endsAt', old.ends_at), jsonb_build_object('startsAt', new.starts_at, 'endsAt', new.ends_at));
  end if;
  if (new.venue, new.room) is distinct from (old.venue, old.room) then
    perform private.note_change(new.activity_id, new.id, 'place', jsonb_build_object('venue', old.venue, 'room', old.room), jsonb_build_object('venue', new.venue, 'room', new.room));
  end if;
  return null;
end $$;
create trigger activity_sessions_note_change after insert or update of starts_at, ends_at, venue, room on public.activity_sessions
  for each row when (new.cancelled_at is null) execute function private.note_session_change();

create function private.note_capacity_change() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  -- A chair that is added at the door is no change of the plan.
  if exists (select from public.activity_sessions one where one.id = new.session_id and one.starts_at - interval '2 hours' <= now()) then return null; end if;
  perform private.note_change(new.activity_id, new.session_id, 'capacity', jsonb_build_object('seats', old.capacity), jsonb_build_object('seats', new.capacity));
  return null;
end $$;
create trigger seat_pools_note_change after update of capacity on public.seat_pools
  for each row when (new.capacity is distinct from old.capacity) execute function private.note_capacity_change();

-- Says that the asker saw what was changed, up to the last change that was shown to them, at every level that is theirs; returns how many changes that were.
create function public.see_activity_changes(of_activity_id bigint, last_change bigint) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  activity public.activities;
  seen integer;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into activity from public.activities one where one.id = of_activity_id and one.host_unit_id in (select private.my_units('approval'));
  if not found then perform private.refuse(404, 'activity_unknown'); end if;
  if not exists (select from public.activity_changes change join public.activity_change_reviews review on review.change_id = change.id join public.units place on place.id = review.unit_id
      where change.activity_id = activity.id and private.approves_above(place)) then
    perform private.refuse(403, 'changes_not_yours');
  end if;
  with mine as (
    update public.activity_change_reviews review set seen_by = auth.uid(), seen_at = clock_timestamp()
    from public.activity_changes change, public.units place
    where change.id = review.change_id and change.activity_id = activity.id and change.id <= last_change and review.seen_at is null and place.id = review.unit_id and private.approves_above(place)
    returning review.change_id
  ) select count(distinct mine.change_id) into seen from mine;
  if seen > 0 then perform private.audit('activity_changes_seen', 'activity', activity.id::text, activity.host_unit_id, jsonb_build_object('count', seen)); end if;
  return seen;
end $$;
grant execute on function public.see_activity_changes(bigint, bigint) to authenticated;

-- How a plan is reviewed, for its page: who has to agree, who did, whether the asker publishes it by the next press; and what was changed since, the first
-- hundred that somebody has yet to see: whoever says that they saw them is shown the next.
create or replace function public.review_of_activity(of_activity_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  activity public.activities;
begin
  select * into activity from public.activities one where one.id = of_activity_id and (one.host_unit_id in (select private.my_units('activities')) or one.host_unit_id in (select private.my_units('approval')));
  if not found then perform private.refuse(404, 'activity_unknown'); end if;
  return (select jsonb_build_object('steps', coalesce(jsonb_agg(jsonb_build_object('reviewer', step.reviewer, 'approvedAt', step.approved_at)), '[]'),
      'mayAgree', count(*) filter (where step.approved_at is null) = 0 or count(*) filter (where step.approved_at is null and step.is_mine) > 0,
      'publishes', count(*) filter (where step.approved_at is null and not step.is_mine) = 0,
      'changes', (
        select coalesce(jsonb_agg(jsonb_build_object('id', late.id, 'what', late.what, 'session', late.session_id, 'was', late.was, 'became', late.became, 'at', late.at, 'waitsFor', late.waits_for, 'isMine', late.is_mine) order by late.id), '[]')
        from (
          select change.*, jsonb_agg(above.name order by extensions.nlevel(above.path) desc) as waits_for, bool_or(private.approves_above(place)) as is_mine
          from public.activity_changes change join public.activity_change_reviews review on review.change_id = change.id and review.seen_at is null
          join public.units place on place.id = review.unit_id join public.units above on above.id = place.parent_id
          where change.activity_id = activity.id group by change.id order by change.id limit 100
        ) late))
    from private.review_steps(activity) step);
end $$;

create or replace function public.activities_waiting(in_unit_id integer)
returns table (what text, activity_id bigint, session_id bigint, title text, host text, at timestamptz, people integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  approved extensions.ltree[] := private.my_unit_paths('approval');
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  with known as (
    select activity.*, host.name as host, review.reviews, review.mine from public.units inside join public.units host on host.path operator(extensions.<@) inside.path
    join public.activities activity on activity.host_unit_id = host.id and activity.status in ('submitted', 'published')
    -- What waits for somebody else above is not the asker's.
    cross join lateral (select count(*) filter (where step.approved_at is null) as reviews, count(*) filter (where step.approved_at is null and step.is_mine) as mine
      from private.review_steps((select one from public.activities one where one.id = activity.id and one.status = 'submitted')) step) review
    where inside.id = in_unit_id
  )
  (select 'review', known.id, null::bigint, known.title, known.host, known.submitted_at, 0 from known
    where known.status = 'submitted' and known.host_unit_id in (select private.my_units('approval'))
      and (known.reviews = 0 or known.mine > 0) order by known.submitted_at limit 20)
  union all
  (select 'changed', known.id, null, known.title, known.host, min(change.at), count(distinct change.id)::integer from known
    join public.activity_changes change on change.activity_id = known.id join public.activity_change_reviews review on review.change_id = change.id and review.seen_at is null
    join public.units place on place.id = review.unit_id join public.units above on above.id = place.parent_id
    where known.status = 'published' and above.path operator(extensions.<@) any (approved) group by known.id, known.title, known.host order by 6 limit 20)
  union all
  (select 'admit', known.id, null, known.title, known.host, min(one.asked_at), count(*)::integer from known
    join public.seat_pools pool on pool.activity_id = known.id join public.signups one on one.pool_id = pool.id and one.status = 'asked'
    where known.status = 'published' and known.admission <> 'draw' and known.host_unit_id in (select private.my_units('people')) group by known.id, known.title, known.host order by 6 limit 20)
  union all
  (select 'draw', known.id, null, known.title, known.host, known.closes_at, sum(draw.entrants)::integer from known
    join public.seat_pools pool on pool.activity_id = known.id join public.draws draw on draw.pool_id = pool.id and draw.drawn_at is null and draw.entrants > 0
    where known.status = 'published' and known.closes_at <= now() and (select dates.next_at is not null from private.pool_dates(pool.id) dates)
      and known.host_unit_id in (select private.my_units('people')) group by known.id, known.title, known.host, known.closes_at order by 6 limit 20)
  union all
  (select 'confirm', known.id, session.id, known.title, known.host, session.starts_at, (select count(*)::integer from private.attendance_of(session.id)) from known
    join public.activity_sessions session on session.activity_id = known.id and session.ends_at <= now() and session.starts_at > now() - interval '60 days'
      and session.cancelled_at is null and session.confirmed_at is null
    where known.status = 'published' and known.host_unit_id in (select private.my_units('people')) order by session.starts_at limit 20);
end $$;
