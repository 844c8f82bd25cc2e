-- Review by level (decision 38). A school publishes its own plans unless a unit above has said that the plans of a place are published by the place
-- above it: then somebody with a post above has to agree, level by level, and the last of them publishes. The nearest word counts: a place may be trusted again.

create table public.activity_reviews (
  -- A place of the network: what is said holds for it and all below, down to where something else is said.
  unit_id integer primary key references public.units on delete restrict,
  way text not null check (way in ('by_above', 'by_itself')),
  set_by uuid,
  set_at timestamptz not null default clock_timestamp()
);
create table public.activity_approvals (
  activity_id bigint not null references public.activities on delete cascade,
  -- What is changed afterwards is to be seen anew.
  version integer not null,
  unit_id integer not null references public.units on delete restrict,
  by_account uuid,
  at timestamptz not null default clock_timestamp(),
  primary key (activity_id, version, unit_id)
);
create index activity_approvals_unit_id_idx on public.activity_approvals (unit_id);
alter table public.activity_reviews enable row level security;
alter table public.activity_approvals enable row level security;
grant select (unit_id, way) on public.activity_reviews to authenticated;
grant select (activity_id, version, unit_id, at) on public.activity_approvals to authenticated;
create policy "Whoever plans reads how plans are reviewed" on public.activity_reviews for select to authenticated using (exists (select from private.my_units('activities')));
create policy "Approvals are read with the plan" on public.activity_approvals for select to authenticated using (exists (select from public.activities one where one.id = activity_id));

-- Who has to agree to a plan, the nearest first: the places whose plans are published by whoever is above them, up to one that is trusted.
create function private.review_steps(activity public.activities) returns table (unit_id integer, reviewer_id integer, reviewer text, approved_at timestamptz, is_mine boolean)
language sql stable set search_path = ''
begin atomic
  with line as (
    select place.id, place.path, place.parent_id, rule.way, extensions.nlevel(place.path) as depth
    from public.units host join public.units place on place.path operator(extensions.@>) host.path join public.activity_reviews rule on rule.unit_id = place.id
    where host.id = (activity).host_unit_id
  )
  select line.id, above.id, above.name, approval.at,
    exists (select from unnest(private.my_unit_paths('approval')) as mine (path) where mine.path operator(extensions.@>) line.path and mine.path operator(extensions.<>) line.path)
  from line join public.units above on above.id = line.parent_id
  left join public.activity_approvals approval on approval.activity_id = (activity).id and approval.version = (activity).version and approval.unit_id = line.id
  where line.way = 'by_above' and line.depth > coalesce((select max(trusted.depth) from line trusted where trusted.way = 'by_itself'), 0)
  order by line.depth desc;
end;

-- Writes down that the asker agrees, at every level that is theirs. Whoever may agree at none is told who has to.
create function private.take_review_steps(activity public.activities) returns void
language plpgsql volatile set search_path = '' as $$
declare
  open_steps record;
begin
  select count(*) as steps, count(*) filter (where step.is_mine) as mine, (array_agg(step.reviewer))[1] as next into open_steps from private.review_steps(activity) step where step.approved_at is null;
  if open_steps.steps > 0 and open_steps.mine = 0 then perform private.refuse(403, 'review_needed', jsonb_build_object('unit', open_steps.next)); end if;
  insert into public.activity_approvals (activity_id, version, unit_id, by_account)
  select activity.id, activity.version, step.unit_id, auth.uid() from private.review_steps(activity) step where step.approved_at is null and step.is_mine;
  if open_steps.mine > 0 then perform private.audit('activity_approved', 'activity', activity.id::text, activity.host_unit_id); end if;
end $$;

-- Publishes a draft or what was handed in, or agrees to it where others have to agree yet: which of both is the answer. Whoever approves at the host's unit,
-- or above where it is reviewed.
drop function public.publish_activity(bigint);
create function public.publish_activity(of_activity_id bigint) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  activity public.activities := private.activity_to_change(of_activity_id, 'approval');
begin
  if activity.status = 'published' then return 'published'; end if;
  if activity.status = 'cancelled' then perform private.refuse(409, 'activity_cancelled'); end if;
  perform private.require_publishable(activity);
  perform private.take_review_steps(activity);
  if exists (select from private.review_steps(activity) step where step.approved_at is null) then
    -- One more who has to see it: it waits for them, as handed in by whoever agreed.
    update public.activities one set status = 'submitted', submitted_by = coalesce(one.submitted_by, auth.uid()), submitted_at = coalesce(one.submitted_at, clock_timestamp()), returned_reason = null where one.id = activity.id;
    return 'submitted';
  end if;
  update public.activities one set status = 'published', published_by = auth.uid(), published_at = clock_timestamp(), version = one.version + 1, returned_reason = null where one.id = activity.id;
  perform private.book_rooms(activity.id);
  perform private.audit('activity_published', 'activity', activity.id::text, activity.host_unit_id, jsonb_build_object('title', activity.title));
  return 'published';
end $$;

-- How a plan is reviewed, for its page: who has to agree, who did, and whether the asker publishes it by the next press.
create function public.review_of_activity(of_activity_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  activity public.activities;
begin
  select * into activity from public.activities one where one.id = of_activity_id and (one.host_unit_id in (select private.my_units('activities')) or one.host_unit_id in (select private.my_units('approval')));
  if not found then perform private.refuse(404, 'activity_unknown'); end if;
  return (select jsonb_build_object('steps', coalesce(jsonb_agg(jsonb_build_object('reviewer', step.reviewer, 'approvedAt', step.approved_at)), '[]'),
      'mayAgree', count(*) filter (where step.approved_at is null) = 0 or count(*) filter (where step.approved_at is null and step.is_mine) > 0,
      'publishes', count(*) filter (where step.approved_at is null and not step.is_mine) = 0)
    from private.review_steps(activity) step);
end $$;

-- Says how the plans of a place below are published; null: as the places above it say. Whoever approves above that place.
create function public.set_activity_review(of_unit_id integer, way text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  place public.units;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into place from public.units one where one.id = of_unit_id and one.kind_id = 'administration';
  if not found then perform private.refuse(404, 'unit_unknown'); end if;
  if not exists (select from unnest(private.my_unit_paths('approval')) as mine (path) where mine.path operator(extensions.@>) place.path and mine.path operator(extensions.<>) place.path) then perform private.refuse(403, 'unit_not_yours'); end if;
  if set_activity_review.way is null then
    delete from public.activity_reviews one where one.unit_id = place.id;
  else
    if set_activity_review.way not in ('by_above', 'by_itself') then perform private.refuse(422, 'choice_missing', '{"field": "way"}'); end if;
    insert into public.activity_reviews as one (unit_id, way, set_by) values (place.id, set_activity_review.way, auth.uid())
    on conflict (unit_id) do update set way = excluded.way, set_by = excluded.set_by, set_at = clock_timestamp();
  end if;
  perform private.audit('activity_review_set', 'unit', place.id::text, place.id, jsonb_build_object('way', set_activity_review.way));
end $$;

-- How the plans of a place and of those right below it are published.
create function public.activity_reviews_at(in_unit_id integer)
returns table (unit_id integer, code text, name text, way text, said_by text, reviewed boolean, may_set boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  select place.id, place.code, place.name, own.way, nearest.name, coalesce(nearest.way = 'by_above', false),
    exists (select from unnest(private.my_unit_paths('approval')) as mine (path) where mine.path operator(extensions.@>) place.path and mine.path operator(extensions.<>) place.path)
  from public.units inside join public.units place on place.kind_id = 'administration' and place.closed_on is null and (place.id = inside.id or place.parent_id = inside.id)
  left join public.activity_reviews own on own.unit_id = place.id
  left join lateral (
    select rule.way, above.name from public.units above join public.activity_reviews rule on rule.unit_id = above.id where above.path operator(extensions.@>) place.path
    order by extensions.nlevel(above.path) desc limit 1) nearest on true
  where inside.id = in_unit_id order by place.path limit 500;
end $$;

create or replace function public.activities_waiting(in_unit_id integer)
returns table (what text, activity_id bigint, session_id bigint, title text, host text, at timestamptz, people integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
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

grant execute on function public.publish_activity(bigint), public.review_of_activity(bigint), public.set_activity_review(integer, text), public.activity_reviews_at(integer) to authenticated;
