-- Drawing lots for seats. Whoever signs up while the window is open is an entrant, a party as one; afterwards the seats are drawn by a
-- seed that nobody could choose: its hash is on record before the first entrant is, and the seed itself is published with the
-- result, so that anybody can draw again and compare.

-- How it is drawn, as published with every result: entrants in falling order of their rank, then rising order of
-- SHA-256(seed || ':' || number) in hexadecimal; each is seated whole if it fits into what is left, else it waits in this order.
create table public.draws (
  pool_id bigint primary key references public.seat_pools on delete cascade,
  algorithm text not null default 'sha256-1' check (algorithm = 'sha256-1'),
  seed_hash text not null check (seed_hash ~ '^[0-9a-f]{64}$'),
  committed_at timestamptz not null default clock_timestamp(),
  -- How many numbers were given out; one whose people all left keeps its number and is drawn as nobody.
  entrants integer not null default 0 check (entrants >= 0),
  drawn_at timestamptz,
  -- Null where the portal drew by itself.
  drawn_by uuid,
  seed text,
  -- How many seats there were.
  seats integer check (seats >= 0),
  constraint draws_whole check (num_nulls(drawn_at, seed, seats) in (0, 3)),
  constraint draws_seed_as_committed check (encode(sha256(convert_to(seed, 'UTF8')), 'hex') = seed_hash)
);

create table private.draw_seeds (
  pool_id bigint primary key references public.draws on delete cascade,
  seed text not null check (seed ~ '^[0-9a-f]{64}$')
);

create table public.draw_entries (
  pool_id bigint not null references public.draws on delete cascade,
  number integer not null check (number > 0),
  party_id bigint not null unique references public.signups on delete restrict,
  -- From here on as drawn.
  rank smallint check (rank between -1 and 1),
  size smallint check (size between 0 and 8),
  place integer check (place > 0),
  outcome text check (outcome in ('seat', 'line', 'withdrawn')),
  primary key (pool_id, number),
  constraint draw_entries_whole check (num_nulls(rank, size, outcome) in (0, 3) and (place is null) = (outcome is null or outcome = 'withdrawn') and (outcome = 'withdrawn') = (size = 0))
);

alter table public.draws enable row level security;
alter table public.draw_entries enable row level security;
alter table private.draw_seeds enable row level security;
grant select (pool_id, algorithm, seed_hash, committed_at, entrants, drawn_at, seed, seats) on public.draws to anon, authenticated;
grant select (pool_id, number, rank, size, place, outcome) on public.draw_entries to anon, authenticated;
create policy "Visitors read draws with their seats" on public.draws for select to anon using (exists (select from public.seat_pools pool where pool.id = pool_id));
create policy "Accounts read draws with their seats" on public.draws for select to authenticated using (exists (select from public.seat_pools pool where pool.id = pool_id));
create policy "Visitors read the numbers of a draw" on public.draw_entries for select to anon using (exists (select from public.draws draw where draw.pool_id = draw_entries.pool_id));
create policy "Accounts read the numbers of a draw" on public.draw_entries for select to authenticated using (exists (select from public.draws draw where draw.pool_id = draw_entries.pool_id));

-- ── committing ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- Seats that will be drawn have their seed before anybody can see them.
create function private.commit_draw() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  seed text := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  if exists (select from public.activities activity where activity.id = new.activity_id and activity.admission = 'draw') then
    insert into public.draws (pool_id, seed_hash) values (new.id, encode(sha256(convert_to(seed, 'UTF8')), 'hex'));
    insert into private.draw_seeds (pool_id, seed) values (new.id, seed);
  end if;
  return null;
end $$;
create trigger seat_pools_commit_draw after insert on public.seat_pools for each row execute function private.commit_draw();

-- What was committed or drawn stays so.
create function private.guard_draw() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if tg_op = 'DELETE' and old.drawn_at is null then return old; end if;
  if tg_op = 'DELETE' or old.drawn_at is not null or (new.pool_id, new.algorithm, new.seed_hash, new.committed_at) is distinct from (old.pool_id, old.algorithm, old.seed_hash, old.committed_at) then
    perform private.refuse(409, 'drawn_already');
  end if;
  return new;
end $$;
create trigger draws_stay before update or delete on public.draws for each row execute function private.guard_draw();
create trigger draws_not_truncated before truncate on public.draws for each statement execute function private.refuse_change();

-- Nobody enters before the window or after it, and a result is not rewritten.
create function private.guard_draw_entry() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  entered record;
begin
  if tg_op = 'UPDATE' and (old.outcome is not null or (new.pool_id, new.number, new.party_id) is distinct from (old.pool_id, old.number, old.party_id)) then perform private.refuse(409, 'drawn_already'); end if;
  if tg_op = 'DELETE' and old.outcome is not null then perform private.refuse(409, 'drawn_already'); end if;
  if tg_op = 'INSERT' then
    select activity.opens_at, activity.closes_at, draw.drawn_at into strict entered
    from public.draws draw join public.seat_pools pool on pool.id = draw.pool_id join public.activities activity on activity.id = pool.activity_id where draw.pool_id = new.pool_id;
    if entered.drawn_at is not null or entered.closes_at <= now() then perform private.refuse(409, 'signup_closed', jsonb_build_object('closesAt', entered.closes_at)); end if;
    if entered.opens_at > now() then perform private.refuse(409, 'signup_not_open', jsonb_build_object('opensAt', entered.opens_at)); end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger draw_entries_stay before insert or update or delete on public.draw_entries for each row execute function private.guard_draw_entry();
create trigger draw_entries_not_truncated before truncate on public.draw_entries for each statement execute function private.refuse_change();

-- Gives a party its number. The caller holds the pool.
create function private.enter_draw(of_pool_id bigint, of_party_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  given integer;
begin
  update public.draws draw set entrants = draw.entrants + 1 where draw.pool_id = of_pool_id returning draw.entrants into strict given;
  insert into public.draw_entries (pool_id, number, party_id) values (of_pool_id, given, of_party_id);
end $$;

-- The window of a draw may move while it is open, and never once it is over; nor may who goes first.
create function private.require_draw_stays(before public.activities, activity public.activities) returns void
language plpgsql stable set search_path = '' as $$
begin
  if activity.admission <> 'draw' or activity.sign_up = 'none' or (before.opens_at, before.closes_at, before.newcomers) is not distinct from (activity.opens_at, activity.closes_at, activity.newcomers) then return; end if;
  if before.closes_at <= now() then perform private.refuse(409, 'draw_window_stays', '{"field": "closesAt"}'); end if;
  if activity.closes_at <= now() then perform private.refuse(422, 'draw_closes_in_past', '{"field": "closesAt"}'); end if;
end $$;

-- Lots are drawn between the end of the window and the first session: at least an hour is left for it.
create function private.require_draw_before_start(activity public.activities) returns void
language plpgsql stable set search_path = '' as $$
begin
  if activity.admission <> 'draw' or activity.sign_up = 'none' then return; end if;
  if activity.status <> 'published' and activity.closes_at <= now() then perform private.refuse(422, 'draw_closes_in_past', '{"field": "closesAt"}'); end if;
  if exists (select from public.activity_sessions one where one.activity_id = activity.id and one.cancelled_at is null and one.starts_at < activity.closes_at + interval '1 hour') then
    perform private.refuse(422, 'draw_closes_late', '{"field": "closesAt"}');
  end if;
  -- Seats that came when the window was over could be entered by nobody.
  if exists (select from public.seat_pools pool join public.draws draw on draw.pool_id = pool.id where pool.activity_id = activity.id and draw.committed_at >= activity.closes_at) then
    perform private.refuse(409, 'draw_closed', '{"field": "sessions"}');
  end if;
end $$;

-- ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Draws the seats of a pool, once.
create function private.draw_pool(of_pool_id bigint) returns table (seated integer, waiting integer)
language plpgsql volatile set search_path = '' as $$
declare
  pool public.seat_pools := private.hold_pool(of_pool_id);
  activity public.activities;
  draw public.draws;
  secret text;
  entry record;
  mate public.signups;
  free integer;
  lot_place integer := 0;
  fits boolean;
begin
  seated := 0;
  waiting := 0;
  select * into strict activity from public.activities known where known.id = pool.activity_id;
  select * into draw from public.draws known where known.pool_id = pool.id;
  if not found then perform private.refuse(409, 'no_draw'); end if;
  if draw.drawn_at is not null then perform private.refuse(409, 'drawn_already'); end if;
  if activity.status <> 'published' then perform private.refuse(409, case activity.status when 'cancelled' then 'activity_cancelled' else 'activity_not_published' end, jsonb_build_object('reason', activity.cancel_reason)); end if;
  if activity.closes_at > now() then perform private.refuse(409, 'draw_too_early', jsonb_build_object('closesAt', activity.closes_at)); end if;
  if (select dates.next_at is null from private.pool_dates(pool.id) dates) then perform private.refuse(409, 'session_started'); end if;
  select known.seed into strict secret from private.draw_seeds known where known.pool_id = pool.id;
  free := pool.capacity - pool.taken - pool.held;
  update public.draws known set drawn_at = clock_timestamp(), drawn_by = auth.uid(), seed = secret, seats = free where known.pool_id = pool.id;

  for entry in
    select ranked.* from (
      select number.number, number.party_id, count(one.id)::integer as people, coalesce(min(private.seat_rank(activity, one.person_id)), 0) as rank,
        encode(sha256(convert_to(secret || ':' || number.number, 'UTF8')), 'hex') collate "C" as lot
      from public.draw_entries number left join public.signups one on one.pool_id = number.pool_id and one.party_id = number.party_id and one.status = 'asked'
      where number.pool_id = pool.id group by number.number, number.party_id
    ) ranked order by ranked.rank desc, ranked.lot
  loop
    if entry.people = 0 then
      update public.draw_entries number set rank = 0, size = 0, outcome = 'withdrawn' where number.pool_id = pool.id and number.number = entry.number;
      continue;
    end if;
    lot_place := lot_place + 1;
    fits := entry.people <= free;
    update public.draw_entries number set rank = entry.rank, size = entry.people, place = lot_place, outcome = case when fits then 'seat' else 'line' end
    where number.pool_id = pool.id and number.number = entry.number;
    if fits then
      free := free - entry.people;
      seated := seated + entry.people;
    else
      waiting := waiting + entry.people;
    end if;
    for mate in update public.signups taken_in set status = case when fits then 'confirmed' else 'waiting' end, line = case when fits then 0 else lot_place end
        where taken_in.pool_id = pool.id and taken_in.party_id = entry.party_id and taken_in.status = 'asked' returning * loop
      perform private.note_signup(mate.id, mate.status, 'drawn');
      perform private.tell(mate, case when fits then 'draw_seat' else 'draw_line' end, jsonb_build_object('number', entry.number, 'place', lot_place));
    end loop;
  end loop;
  update public.seat_pools seats set taken = seats.taken + draw_pool.seated where seats.id = pool.id;
  perform private.audit('seats_drawn', 'activity', activity.id::text, activity.host_unit_id, jsonb_build_object('pool', pool.id, 'entrants', draw.entrants, 'seated', seated, 'waiting', waiting));
  return next;
end $$;

-- Draws the seats of a pool of the asker's school.
create function public.draw_seats(of_pool_id bigint) returns table (seated integer, waiting integer)
language plpgsql volatile security definer set search_path = '' as $$
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not exists (select from public.seat_pools pool join public.activities activity on activity.id = pool.activity_id
      where pool.id = of_pool_id and activity.host_unit_id in (select private.my_units('people'))) then
    perform private.refuse(404, 'session_unknown');
  end if;
  return query select * from private.draw_pool(of_pool_id);
end $$;

-- The step of the job: what nobody drew within twelve hours, or a day before the start, the portal draws. Returns how many pools.
create function private.draw_due_pools() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  due bigint;
  drawn integer := 0;
begin
  for due in
    select draw.pool_id from public.draws draw join public.seat_pools pool on pool.id = draw.pool_id join public.activities activity on activity.id = pool.activity_id
    cross join lateral private.pool_dates(pool.id) dates
    where draw.drawn_at is null and draw.entrants > 0 and activity.status = 'published' and activity.closes_at <= now() and dates.next_at is not null
      and (activity.closes_at <= now() - interval '12 hours' or dates.next_at <= now() + interval '24 hours')
    order by draw.pool_id
  loop
    -- Somebody may have drawn it meanwhile.
    perform from public.seat_pools seats where seats.id = due for no key update;
    if exists (select from public.draws draw where draw.pool_id = due and draw.drawn_at is null) then
      perform private.draw_pool(due);
      drawn := drawn + 1;
    end if;
  end loop;
  return drawn;
end $$;
grant execute on function private.draw_due_pools() to job_server;

-- ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The draws of a published activity, as anybody may read them: numbers and sizes of parties, and nobody's name.
create function public.draws_of_activity(of_code text) returns jsonb
language sql stable set search_path = ''
return (
  select jsonb_build_object('code', activity.code, 'title', activity.title, 'host', host.name, 'opensAt', activity.opens_at, 'closesAt', activity.closes_at, 'cancelReason', activity.cancel_reason,
    'newcomersFirst', activity.newcomers = 'first', 'draws', (
      select coalesce(jsonb_agg(jsonb_build_object('pool', draw.pool_id, 'startsAt', session.starts_at, 'capacity', pool.capacity, 'algorithm', draw.algorithm, 'seedHash', draw.seed_hash,
          'committedAt', draw.committed_at, 'numbers', draw.entrants, 'drawnAt', draw.drawn_at, 'seed', draw.seed, 'seats', draw.seats,
          'entrants', case when draw.drawn_at is not null then (
            select coalesce(jsonb_agg(jsonb_build_object('number', entry.number, 'size', entry.size, 'rank', entry.rank, 'place', entry.place, 'outcome', entry.outcome) order by entry.number), '[]')
            from public.draw_entries entry where entry.pool_id = draw.pool_id) end)
        order by session.starts_at nulls first, draw.pool_id), '[]')
      from public.draws draw join public.seat_pools pool on pool.id = draw.pool_id left join public.activity_sessions session on session.id = pool.session_id where pool.activity_id = activity.id))
  from public.activities activity join public.units host on host.id = activity.host_unit_id
  where activity.code = of_code and activity.admission = 'draw' and activity.published_at is not null);

-- The numbers of those whom the asker looks after.
create function public.my_draw_entries(of_activity_id bigint default null)
returns table (signup_id bigint, pool_id bigint, number integer, place integer, outcome text, drawn_at timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  select one.id, one.pool_id, entry.number, entry.place, entry.outcome, draw.drawn_at
  from public.signups one join public.draw_entries entry on entry.pool_id = one.pool_id and entry.party_id = one.party_id join public.draws draw on draw.pool_id = one.pool_id
  join public.seat_pools pool on pool.id = one.pool_id
  where one.person_id in (select private.my_care_ids()) and (of_activity_id is null or pool.activity_id = of_activity_id)
  order by one.id desc limit 200;
end;

grant execute on function public.draw_seats(bigint), public.my_draw_entries(bigint) to authenticated;
grant execute on function public.draws_of_activity(text) to anon, authenticated;

-- ── what must always hold ───────────────────────────────────────────────────────────────────────────────────────────

-- Part of private.seat_faults.
create function private.draw_faults() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
begin
  return query
  select 'drawn_is_decided', draw.pool_id::text from public.draws draw
  where draw.drawn_at is not null and (exists (select from public.signups one where one.pool_id = draw.pool_id and one.status = 'asked')
    or exists (select from public.draw_entries entry where entry.pool_id = draw.pool_id and entry.outcome is null));
  return query
  select 'drawn_seats_fit', draw.pool_id::text from public.draws draw
  where (select coalesce(sum(entry.size), 0) from public.draw_entries entry where entry.pool_id = draw.pool_id and entry.outcome = 'seat') > draw.seats;
  return query
  select 'entrants_have_numbers', one.id::text from public.signups one join public.draws draw on draw.pool_id = one.pool_id
  where one.status in ('asked', 'confirmed', 'waiting', 'offered') and not exists (select from public.draw_entries entry where entry.pool_id = one.pool_id and entry.party_id = one.party_id);
  return query
  select 'nobody_is_seated_before_a_draw', draw.pool_id::text from public.draws draw join public.seat_pools pool on pool.id = draw.pool_id
  where draw.drawn_at is null and pool.taken + pool.held > 0;
end $$;
