-- Points that end within thirty days are told to their person, too, once for each last day: on the page to who looks, by text message to who does not.

create table public.credit_point_warnings (
  person_id bigint not null references public.persons on delete restrict,
  last_day date not null,
  -- As they stood when it was told.
  milli_points bigint not null check (milli_points > 0),
  warned_at timestamptz not null default clock_timestamp(),
  texted_at timestamptz,
  tries smallint not null default 0,
  primary key (person_id, last_day)
);
create index credit_point_warnings_to_text_idx on public.credit_point_warnings (last_day) where texted_at is null and tries < 3;
alter table public.credit_point_warnings enable row level security;
grant select on public.credit_point_warnings to authenticated;
create policy "People read what they were told of their points" on public.credit_point_warnings for select to authenticated
  using (person_id in (select private.my_person_ids()));

-- The last day of all points, where the region ends them without new terms; null where it does not.
create function private.points_end_on() returns date
language sql stable set search_path = ''
return (
  select upper(terms.in_force) - 1 from public.credit_point_terms terms
  where terms.in_force @> private.china_date(now()) and not exists (select from public.credit_point_terms next where lower(next.in_force) = upper(terms.in_force)));

-- Writes down who is to be told. A row that became another person since was told for both. Returns how many.
create function private.warn_of_points() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  today date := private.china_date(now());
  all_end date := private.points_end_on();
  warned integer;
begin
  if private.points_per_credit() is null then return 0; end if;
  with ending as (
    select private.credit_learner(account.person_id) as learner_id, least(lot.last_day, all_end) as last_day, sum(lot.remaining)::bigint as milli_points
    from public.credit_lots lot join public.credit_accounts account on account.id = lot.account_id
    where lot.remaining > 0 and (lot.last_day between today and today + 30 or all_end between today and today + 30 and (lot.last_day is null or lot.last_day >= today))
    group by 1, 2
  )
  insert into public.credit_point_warnings (person_id, last_day, milli_points)
  select ending.learner_id, ending.last_day, ending.milli_points from ending
  where not exists (select from public.credit_point_warnings told where told.last_day = ending.last_day and told.person_id in (select private.rows_of_person(ending.learner_id)))
  order by ending.learner_id
  on conflict do nothing;
  get diagnostics warned = row_count;
  return warned;
end $$;

-- Takes warnings to be sent as text messages, each with the sealed number of the person, and with what is left today. Runs at once take
-- different ones. What was used meanwhile, or is over, is not told any more.
create function private.take_point_warnings(most integer)
returns table (person_id bigint, last_day date, milli_points bigint, cipher bytea, key_id integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with taken as (
    update public.credit_point_warnings warning set texted_at = clock_timestamp(), tries = warning.tries + 1
    where (warning.person_id, warning.last_day) in (
      select one.person_id, one.last_day from public.credit_point_warnings one
      where one.texted_at is null and one.tries < 3 and one.last_day >= private.china_date(now())
      order by one.last_day, one.person_id limit most for update skip locked)
    returning warning.*
  )
  select taken.person_id, taken.last_day, left_over.milli_points, number.cipher, number.key_id
  from taken
  cross join lateral (
    select coalesce(sum(lot.remaining), 0)::bigint as milli_points from public.credit_accounts account join public.credit_lots lot on lot.account_id = account.id and lot.remaining > 0
    where account.person_id in (select private.rows_of_person(taken.person_id)) and (lot.last_day = taken.last_day or private.points_end_on() = taken.last_day and (lot.last_day is null or lot.last_day > taken.last_day))
  ) left_over
  left join lateral (
    select known.cipher, known.key_id from (
      select 1 as turn, account.phone_cipher as cipher, account.phone_key_id::integer as key_id from identity.accounts account
      where account.person_id in (select private.rows_of_person(taken.person_id)) and account.phone_cipher is not null and account.disabled_at is null
      union all
      select 2, contact.cipher, contact.key_id::integer from private.person_contacts contact
      where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(taken.person_id))
    ) known order by known.turn limit 1
  ) number on true;
end $$;

-- Gives back what the gateway did not take.
create function private.point_warning_not_texted(of_person_id bigint, of_last_day date) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.credit_point_warnings warning set texted_at = null where warning.person_id = of_person_id and warning.last_day = of_last_day;
end;
grant execute on function private.warn_of_points(), private.take_point_warnings(integer), private.point_warning_not_texted(bigint, date) to job_server;
