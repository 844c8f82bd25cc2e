-- Reminders of reports. Whoever owes a step is told once per period, unit and step: shortly before the day, once it is past, after a
-- return that nobody answered, and, of the unit above, when a report waits to be decided on. The desk shows what is owed anyway;
-- the reminder is a text message to one contact, and a date that the units above see.

create table public.report_reminders (
  period_id integer not null references public.reporting_periods on delete restrict,
  unit_id integer not null references public.units on delete restrict,
  step text not null check (step in ('due_soon', 'late', 'returned', 'decide')),
  at timestamptz not null default clock_timestamp(),
  by_text boolean not null default false,
  primary key (period_id, unit_id, step)
);
comment on table public.report_reminders is 'That a step of a report was reminded of. The key is what makes it once.';
comment on column public.report_reminders.by_text is 'Whether a text message left; without a phone the desk alone says it.';
create index report_reminders_unit_id_idx on public.report_reminders (unit_id);
alter table public.report_reminders enable row level security;
grant select on public.report_reminders to authenticated;
create policy "Reminders are read by staff of the subtree" on public.report_reminders for select to authenticated
  using (unit_id in (select private.my_units('figures')));

-- One message to one contact: all units of a period and step together, so that a township with twenty villages gets one.
create table private.reminder_texts (
  id bigint generated always as identity primary key,
  period_id integer not null references public.reporting_periods on delete cascade,
  step text not null,
  person_id bigint not null references public.persons on delete cascade,
  unit_ids integer[] not null check (cardinality(unit_ids) > 0),
  -- dropped: by the time it was its turn nothing was owed any more, or nobody could be reached.
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed', 'dropped')),
  tries smallint not null default 0,
  tried_at timestamptz
);
create index reminder_texts_waiting_idx on private.reminder_texts (id) where state = 'waiting';
create index reminder_texts_period_id_idx on private.reminder_texts (period_id);
create index reminder_texts_person_id_idx on private.reminder_texts (person_id);
alter table private.reminder_texts enable row level security;

-- The sealed phone of a person: the one that signs in was proved by a code, so it goes before what staff wrote down.
create function private.phone_of(of_person_id bigint) returns table (cipher bytea, key_id smallint)
language sql stable set search_path = ''
begin atomic
  select known.cipher, known.key_id from (
    select 1 as place, account.phone_cipher as cipher, account.phone_key_id as key_id from identity.accounts account
    where account.person_id in (select private.rows_of_person(of_person_id)) and account.phone_cipher is not null and account.disabled_at is null
    union all
    select 2, contact.cipher, contact.key_id from private.person_contacts contact
    where contact.person_id in (select private.rows_of_person(of_person_id)) and contact.kind = 'phone'
  ) known order by known.place limit 1;
end;

-- Whom to text about a report: of those whose post grants the sight right at the unit the one in the unit's contact role, else
-- its manager, its head, anybody; null where nobody has a phone. Never whoever did the step before: they may not do this one.
create function private.report_contact(of_unit_id integer, of_sight text, but_account uuid) returns bigint
language sql stable set search_path = ''
return (
  select coalesce(holder.counts_as, holder.id)
  from public.units place
  join public.posts post on post.unit_id = place.id
    and post.valid_from <= private.china_date(now()) and (post.valid_to is null or post.valid_to >= private.china_date(now()))
  join public.post_roles role on role.id = post.role_id and of_sight = any (role.sights)
  join public.persons holder on holder.id = post.person_id
  where (place.id = of_unit_id or place.parent_id = of_unit_id) and private.administration_of(place.id) = of_unit_id
    and exists (select from private.phone_of(holder.id))
    and (but_account is null or not exists (select from identity.accounts account
      where account.id = but_account and account.person_id in (select private.rows_of_person(holder.id))))
  order by role.id = any (select unit.contact_role_id from public.units unit where unit.id in (of_unit_id, place.id)) desc nulls last,
    role.id = 'manager' desc, role.id = 'head' desc, post.valid_from, post.id
  limit 1
);

-- What there is to remind of today and was not yet, and whom. Never handed in: from three days before the day until a month after
-- it. Sent back, or waiting to be decided on: after three days.
create function private.reports_to_remind() returns table (period_id integer, unit_id integer, step text, person_id bigint)
language plpgsql stable set search_path = '' as $$
declare
  today date := private.china_date(now());
begin
  return query
  with owed as (
    select period.id as period_id, due.unit_id, case when period.due_on < today then 'late' else 'due_soon' end as step, null::uuid as last_account
    from public.reporting_periods period
    cross join lateral private.reporting_units(period.id) due
    where period.ends_on < today and period.due_on between today - 30 and today + 3
      and not exists (select from public.reports report where report.period_id = period.id and report.unit_id = due.unit_id)
    union all
    select report.period_id, report.unit_id, case when report.state in ('returned', 'reopened') then 'returned' else 'decide' end, last.account_id
    from public.reports report
    cross join lateral (
      select act.at, act.account_id from public.report_acts act
      where act.period_id = report.period_id and act.unit_id = report.unit_id order by act.id desc limit 1) last
    where report.state <> 'approved' and last.at < now() - interval '3 days'
  )
  select owed.period_id, owed.unit_id, owed.step,
    case when owed.step = 'decide' then private.report_contact(coalesce(unit.parent_id, unit.id), 'approval', owed.last_account)
      -- A village that owes a report rarely has staff of its own.
      else coalesce(private.report_contact(unit.id, 'populations', null),
        case when unit.level = 'village' then private.report_contact(unit.parent_id, 'populations', null) end) end
  from owed
  join public.units unit on unit.id = owed.unit_id
  where not exists (select from public.report_reminders told
    where told.period_id = owed.period_id and told.unit_id = owed.unit_id and told.step = owed.step);
end $$;

-- Takes note of every step that is to be reminded of now, and lines the messages up. Two at once: the key lets one of them have
-- each step, and only what it has itself goes into its messages. Returns how many steps.
create function private.take_report_reminders() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  taken integer;
begin
  with due as materialized (
    select * from private.reports_to_remind()
  ), fresh as (
    insert into public.report_reminders (period_id, unit_id, step)
    select due.period_id, due.unit_id, due.step from due order by 1, 2, 3
    on conflict do nothing
    returning period_id, unit_id, step
  ), lined_up as (
    insert into private.reminder_texts (period_id, step, person_id, unit_ids)
    select due.period_id, due.step, due.person_id, array_agg(due.unit_id order by due.unit_id)
    from fresh join due using (period_id, unit_id, step)
    where due.person_id is not null group by 1, 2, 3
  )
  select count(*) into taken from fresh;
  return taken;
end $$;

-- Whether a reminder still says the truth.
create function private.is_still_owed(of_period_id integer, of_unit_id integer, of_step text) returns boolean
language sql stable set search_path = ''
return (
  select case of_step
    when 'due_soon' then report.state is null and period.due_on >= private.china_date(now())
    when 'late' then report.state is null
    when 'returned' then report.state in ('returned', 'reopened')
    else report.state in ('handed_in', 'reopening_asked') end
  from public.reporting_periods period
  left join public.reports report on report.period_id = period.id and report.unit_id = of_unit_id
  where period.id = of_period_id
);

-- The next message to send, marked as on its way: a server that dies while it sends leaves it there, because none is better than
-- two. Whoever handed in meanwhile is not in it any more. One that did not get through has its turn again with the next hour.
create function private.claim_reminder_text()
returns table (id bigint, cipher bytea, key_id smallint, step text, year integer, part text, due_on date, unit_name text, units integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  claimed private.reminder_texts;
  owed integer[];
  phone record;
begin
  loop
    select * into claimed from private.reminder_texts waiting
    where waiting.state = 'waiting' and (waiting.tried_at is null or waiting.tried_at < clock_timestamp() - interval '30 minutes')
    order by waiting.id limit 1 for update skip locked;
    if not found then return; end if;
    owed := array(select asked.unit_id from unnest(claimed.unit_ids) with ordinality as asked (unit_id, place)
      where private.is_still_owed(claimed.period_id, asked.unit_id, claimed.step) order by asked.place);
    select * into phone from private.phone_of(claimed.person_id);
    if cardinality(owed) = 0 or phone.cipher is null then
      update private.reminder_texts dropped set state = 'dropped' where dropped.id = claimed.id;
      continue;
    end if;
    update private.reminder_texts mine set state = 'sending', unit_ids = owed, tries = mine.tries + 1, tried_at = clock_timestamp() where mine.id = claimed.id;
    return query select claimed.id, phone.cipher, phone.key_id, claimed.step, period.year::integer, period.part, period.due_on,
      (select unit.name from public.units unit where unit.id = owed[1]), cardinality(owed)
    from public.reporting_periods period where period.id = claimed.period_id;
    return;
  end loop;
end $$;

-- Says how sending went. After three tries it stays unsent, and the units above see that no text left.
create function private.settle_reminder_text(text_id bigint, is_sent boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  settled private.reminder_texts;
begin
  update private.reminder_texts mine set state = case when is_sent then 'sent' when mine.tries < 3 then 'waiting' else 'failed' end
    where mine.id = text_id and mine.state = 'sending' returning * into settled;
  if settled.state = 'sent' then
    update public.report_reminders told set by_text = true
      where told.period_id = settled.period_id and told.step = settled.step and told.unit_id = any (settled.unit_ids);
  end if;
end $$;

revoke execute on function private.take_report_reminders(), private.claim_reminder_text(), private.settle_reminder_text(bigint, boolean) from public;
grant execute on function private.take_report_reminders(), private.claim_reminder_text(), private.settle_reminder_text(bigint, boolean) to job_server;

-- ── who is late, for the units above ────────────────────────────────────────────────────────────────────────────────

-- Of each period of the last year whose day is past: how many units below have handed nothing in, and the first of them. Villages
-- right below are not told to whoever hands in for them: those are among their own tasks. Definer: whether somebody sees
-- figures here is asked first.
create function public.late_reports(in_unit_id integer)
returns table (period_id integer, year integer, part text, due_on date, units integer, codes text[], names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  hands_in boolean;
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  hands_in := private.sees_unit(in_unit_id, 'populations');
  return query
  select period.id, period.year::integer, period.part, period.due_on, missing.units, missing.codes[:5], missing.names[:5]
  from public.reporting_periods period
  cross join lateral (
    select count(*)::integer as units, array_agg(unit.code order by unit.path) as codes, array_agg(unit.name order by unit.path) as names
    from private.reporting_units(period.id) due
    join public.units unit on unit.id = due.unit_id
    where due.ancestors @> array[in_unit_id] and due.unit_id <> in_unit_id
      and not (hands_in and unit.level = 'village' and due.parent_id = in_unit_id)
      and not exists (select from public.reports report where report.period_id = period.id and report.unit_id = due.unit_id)
  ) missing
  where period.due_on < private.china_date(now()) and period.due_on > private.china_date(now()) - 365 and missing.units > 0
  order by period.due_on desc, period.id;
end $$;
grant execute on function public.late_reports(integer) to authenticated;

-- Every report due below a unit in a period, in the order of the tree: whether it came, in time, where it stands, how many of the
-- unit's villages have no population of residents, and when what is owed now was reminded of. Definer: when it came and who
-- holds it up is for whoever sees figures, which is asked here; the figures are not told.
drop function public.reports_due(integer, integer);
create function public.reports_due(of_period_id integer, in_unit_id integer)
returns table (unit_id integer, code text, name text, level text, parent_id integer, state text, version integer,
  handed_in_at timestamptz, first_handed_in_at timestamptz, is_late boolean, decided_at timestamptz, has_exception boolean, missing_populations integer,
  reminded_at timestamptz, by_text boolean)
language sql stable security definer set search_path = ''
begin atomic
  select unit.id, unit.code, unit.name, unit.level, due.parent_id, report.state::text, report.version::integer,
    last.handed_in_at, first.handed_in_at, first.is_late, decided.at, last.exception is not null,
    (select count(*)::integer from public.unit_paths placed
      join public.units village on village.id = placed.unit_id and village.level = 'village' and village.kind_id = 'administration'
        and private.stood_in(village.opened_on, village.closed_on, period.year)
      where unit.id = any (placed.ancestors) and placed.years @> period.year::integer
        and not exists (select from public.populations known where known.unit_id = village.id and known.year = period.year
          and known.group_id = 'resident' and known.area = 'all')),
    told.at, told.by_text
  from public.units inside
  join public.reporting_periods period on period.id = of_period_id
  join private.reporting_units(of_period_id) due on inside.id = any (due.ancestors)
  join public.units unit on unit.id = due.unit_id
  left join public.reports report on report.period_id = of_period_id and report.unit_id = due.unit_id
  left join public.report_snapshots last on last.period_id = of_period_id and last.unit_id = due.unit_id and last.version = report.version
  left join public.report_snapshots first on first.period_id = of_period_id and first.unit_id = due.unit_id and first.version = 1
  left join lateral (
    select act.at from public.report_acts act
    where act.period_id = of_period_id and act.unit_id = due.unit_id and act.version = report.version and act.act in ('approved', 'returned')
    order by act.id desc limit 1) decided on true
  left join lateral (
    select reminder.at, reminder.by_text from public.report_reminders reminder
    where reminder.period_id = of_period_id and reminder.unit_id = due.unit_id and private.is_still_owed(of_period_id, due.unit_id, reminder.step)
    order by reminder.at desc limit 1) told on true
  where inside.id = in_unit_id
    and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  order by unit.path;
end;
grant execute on function public.reports_due(integer, integer) to authenticated;
