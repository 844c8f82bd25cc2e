-- Head counts: who came to an open-air show, counted without names. They are person-times of the unit that ran it and stand
-- beside the figures of named people; they never enter coverage, which counts persons. Append-only; a correction is a new
-- row that points to the old one, with the number 0 where the event did not take place.

create table public.head_counts (
  id bigint generated always as identity primary key,
  host_unit_id integer not null references public.units on delete restrict,
  kind text not null check (kind in ('lecture', 'activity', 'contest', 'training', 'team_session')),
  category_id text not null references public.categories on delete restrict,
  title text not null check (length(title) between 2 and 60),
  started_at timestamptz not null,
  ended_at timestamptz not null,
  year smallint not null generated always as (private.china_year(started_at)) stored,
  persons integer not null check (persons between 0 and 100000),
  note text not null default '' check (length(note) <= 200),
  entered_by uuid not null,
  entered_at timestamptz not null default now(),
  corrects bigint unique references public.head_counts on delete restrict,
  constraint head_counts_end_after_start check (ended_at > started_at and ended_at <= started_at + interval '24 hours'),
  constraint head_counts_nobody_is_a_correction check (persons > 0 or corrects is not null)
);
comment on column public.head_counts.persons is 'Heads at this event; 0 takes back the row it corrects.';
create index head_counts_host_unit_id_idx on public.head_counts (host_unit_id, year, started_at desc);
create index head_counts_category_id_idx on public.head_counts (category_id);
create trigger head_counts_append_only before update or delete on public.head_counts
  for each row execute function private.refuse_change();
create trigger head_counts_not_truncated before truncate on public.head_counts
  for each statement execute function private.refuse_change();

alter table public.head_counts enable row level security;
grant select on public.head_counts to authenticated;
create policy "Head counts are read by staff of the subtree" on public.head_counts for select to authenticated
  using (host_unit_id in (select private.my_units('figures')));

-- What counts: rows that nobody corrected and that are not taken back.
create view private.counted_head_counts as
  select head_count.* from public.head_counts head_count
  where head_count.persons > 0
    and not exists (select from public.head_counts later where later.corrects = head_count.id);

-- Records a head count, or corrects one of the same unit. Definer: accounts write no table. The host's row is locked, so the
-- same event sent twice at once is recorded once.
create function public.record_head_count(host_unit_id integer, kind text, category_id text, title text,
  started_at timestamptz, ended_at timestamptz, persons integer, note text default '', corrects bigint default null)
returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  earlier public.head_counts;
  recorded bigint;
begin
  perform private.require_sight(record_head_count.host_unit_id, 'people');
  perform from public.units unit where unit.id = record_head_count.host_unit_id for no key update;
  if record_head_count.started_at > now() then
    perform private.refuse(422, 'head_count_in_future', jsonb_build_object('field', 'date'));
  end if;
  if record_head_count.ended_at <= record_head_count.started_at then
    perform private.refuse(422, 'head_count_ends_first', jsonb_build_object('field', 'end'));
  end if;
  if not exists (select from public.categories category where category.id = record_head_count.category_id) then
    perform private.refuse(422, 'category_unknown', jsonb_build_object('field', 'category'));
  end if;
  if record_head_count.corrects is not null then
    select * into earlier from public.head_counts head_count where head_count.id = record_head_count.corrects;
    if earlier.id is null or earlier.host_unit_id <> record_head_count.host_unit_id then
      perform private.refuse(404, 'head_count_unknown');
    end if;
    if earlier.persons = 0 or exists (select from public.head_counts later where later.corrects = earlier.id) then
      perform private.refuse(409, 'head_count_corrected_before');
    end if;
  elsif record_head_count.persons = 0 then
    perform private.refuse(422, 'head_count_nobody', jsonb_build_object('field', 'persons'));
  end if;
  if record_head_count.persons > 0 and exists (
    select from private.counted_head_counts head_count
    where head_count.host_unit_id = record_head_count.host_unit_id and head_count.title = record_head_count.title
      and head_count.started_at = record_head_count.started_at and head_count.id is distinct from record_head_count.corrects
  ) then
    perform private.refuse(409, 'head_count_twice', jsonb_build_object('field', 'title'));
  end if;
  insert into public.head_counts as head_count (host_unit_id, kind, category_id, title, started_at, ended_at, persons, note, entered_by, corrects)
  values (record_head_count.host_unit_id, record_head_count.kind, record_head_count.category_id, record_head_count.title,
    record_head_count.started_at, record_head_count.ended_at, record_head_count.persons, record_head_count.note, auth.uid(),
    record_head_count.corrects)
  returning head_count.id into recorded;
  perform private.audit(case when record_head_count.corrects is null then 'head_count_recorded' else 'head_count_corrected' end,
    'head_count', recorded::text, record_head_count.host_unit_id,
    jsonb_build_object('persons', record_head_count.persons, 'was', earlier.persons));
  return recorded;
end $$;
grant execute on function public.record_head_count(integer, text, text, text, timestamptz, timestamptz, integer, text, bigint) to authenticated;

-- Heads of a unit and all below by month of a year, in the tree of that year. Definer: the view is private; the sight is
-- asked for here.
create function public.head_counts_by_month(in_unit_id integer, counted_year integer)
returns table (month integer, events integer, person_times integer, minutes bigint)
language sql stable security definer set search_path = ''
begin atomic
  select extract(month from head_count.started_at at time zone 'Asia/Shanghai')::integer, count(*)::integer,
    sum(head_count.persons)::integer,
    sum(head_count.persons * round(extract(epoch from head_count.ended_at - head_count.started_at) / 60))::bigint
  from public.units inside
  join public.unit_paths placed on inside.id = any (placed.ancestors) and placed.years @> counted_year
  join private.counted_head_counts head_count on head_count.host_unit_id = placed.unit_id and head_count.year = counted_year
  where inside.id = in_unit_id
    and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  group by 1;
end;
grant execute on function public.head_counts_by_month(integer, integer) to authenticated;

-- The head counts of a unit and all below in a year, newest first, corrected ones too.
create function public.list_head_counts(in_unit_id integer, counted_year integer, page_size integer default 50, skip integer default 0)
returns table (id bigint, host_code text, host text, kind text, category text, category_zh text, category_en text, title text,
  started_at timestamptz, ended_at timestamptz, persons integer, note text, entered_at timestamptz, corrects bigint, corrected_by bigint, total integer)
language sql stable set search_path = ''
begin atomic
  select head_count.id, host.code, host.name, head_count.kind, category.id, category.zh, category.en, head_count.title,
    head_count.started_at, head_count.ended_at, head_count.persons, head_count.note, head_count.entered_at,
    head_count.corrects, later.id, (count(*) over ())::integer
  from public.units inside
  join public.units host on host.path operator(extensions.<@) inside.path
  join public.head_counts head_count on head_count.host_unit_id = host.id and head_count.year = counted_year
  join public.categories category on category.id = head_count.category_id
  left join public.head_counts later on later.corrects = head_count.id
  where inside.id = in_unit_id
  order by head_count.started_at desc, head_count.id desc
  limit least(greatest(page_size, 1), 200) offset greatest(skip, 0);
end;
grant execute on function public.list_head_counts(integer, integer, integer, integer) to authenticated;

-- Units of a post that may have run an event: itself, its schools and those right below, as the form offers them.
create function public.head_count_hosts(in_unit_id integer) returns table (code text, name text)
language sql stable set search_path = ''
begin atomic
  select host.code, host.name
  from public.units inside
  join public.units host on host.path operator(extensions.<@) inside.path and host.closed_on is null
    and extensions.nlevel(host.path) - extensions.nlevel(inside.path) <= 2
  where inside.id = in_unit_id and host.id in (select private.my_units('people'))
  order by extensions.nlevel(host.path), host.kind_id = 'administration', host.path
  limit 300;
end;
grant execute on function public.head_count_hosts(integer) to authenticated;
