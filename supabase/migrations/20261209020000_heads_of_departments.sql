-- Whoever enters the trainings of a department also counts heads at what it ran. They stay apart from coverage as all head counts do.

alter table public.head_counts add column delivering_department text
  check (delivering_department = trim(delivering_department) and length(delivering_department) between 2 and 60);
comment on column public.head_counts.delivering_department is 'Whose event it was where another department delivered it, as on records; null for the unit''s own.';

-- A department puts right what it counted itself; whoever registers people there puts anything right.
create function private.may_correct_heads(counted public.head_counts) returns boolean
language sql stable set search_path = ''
return private.sees_unit(counted.host_unit_id, 'people')
  or counted.entered_by = auth.uid() and counted.session_id is null and private.sees_unit(counted.host_unit_id, 'trainings');

-- As before, for departments too, and naming one; what is counted at a session is of the department that delivers the activity.
drop function public.record_head_count(integer, text, text, text, timestamptz, timestamptz, integer, text, bigint, bigint);
create function public.record_head_count(host_unit_id integer, kind text, category_id text, title text,
  started_at timestamptz, ended_at timestamptz, persons integer, note text default '', corrects bigint default null, of_session_id bigint default null,
  department text default null)
returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  earlier public.head_counts;
  recorded bigint;
begin
  -- What was counted at a session belongs to whoever keeps its roster.
  perform private.require_sight(record_head_count.host_unit_id, case when of_session_id is null then 'trainings' else 'people' end);
  perform from public.units unit where unit.id = record_head_count.host_unit_id for no key update;
  if of_session_id is not null and not exists (select from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
      where session.id = of_session_id and activity.host_unit_id = record_head_count.host_unit_id and activity.published_at is not null) then perform private.refuse(404, 'session_unknown'); end if;
  if record_head_count.started_at > now() then
    perform private.refuse(422, 'head_count_in_future', jsonb_build_object('field', 'date'));
  end if;
  if record_head_count.ended_at <= record_head_count.started_at then
    perform private.refuse(422, 'head_count_ends_first', jsonb_build_object('field', 'end'));
  end if;
  if not exists (select from public.categories category where category.id = record_head_count.category_id) then
    perform private.refuse(422, 'category_unknown', jsonb_build_object('field', 'category'));
  end if;
  if length(nullif(trim(record_head_count.department), '')) not between 2 and 60 then
    perform private.refuse(422, 'name_of_two', jsonb_build_object('field', 'department'));
  end if;
  if record_head_count.corrects is not null then
    select * into earlier from public.head_counts head_count where head_count.id = record_head_count.corrects;
    if earlier.id is null or earlier.host_unit_id <> record_head_count.host_unit_id then
      perform private.refuse(404, 'head_count_unknown');
    end if;
    if not private.may_correct_heads(earlier) then perform private.refuse(403, 'head_count_of_others'); end if;
    if earlier.persons = 0 or exists (select from public.head_counts later where later.corrects = earlier.id) then
      perform private.refuse(409, 'head_count_corrected_before');
    end if;
    -- Put right wherever, it stays the count of its session.
    if of_session_id is not null and of_session_id is distinct from earlier.session_id then perform private.refuse(409, 'head_count_of_session'); end if;
    of_session_id := earlier.session_id;
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
  insert into public.head_counts as head_count (host_unit_id, kind, category_id, title, started_at, ended_at, persons, note, entered_by, corrects, session_id, delivering_department)
  values (record_head_count.host_unit_id, record_head_count.kind, record_head_count.category_id, record_head_count.title,
    record_head_count.started_at, record_head_count.ended_at, record_head_count.persons, record_head_count.note, auth.uid(),
    record_head_count.corrects, of_session_id,
    coalesce(nullif(trim(record_head_count.department), ''), (select activity.department from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
      where session.id = of_session_id)))
  returning head_count.id into recorded;
  perform private.audit(case when record_head_count.corrects is null then 'head_count_recorded' else 'head_count_corrected' end,
    'head_count', recorded::text, record_head_count.host_unit_id,
    jsonb_build_object('persons', record_head_count.persons, 'was', earlier.persons));
  return recorded;
end $$;

-- Which of these head counts the asker may put right.
create function public.head_counts_to_correct(head_count_ids bigint[]) returns setof bigint
language sql stable security definer set search_path = '' -- definer: asks private.may_correct_heads()
begin atomic
  select head_count.id from public.head_counts head_count where head_count.id = any (head_count_ids) and private.may_correct_heads(head_count) order by head_count.id;
end;

drop function public.head_count_hosts(integer);
-- Units of a post that may have run an event: itself, its schools and those right below it, as forms offer them to whoever registers people there,
-- or enters trainings.
create function public.head_count_hosts(in_unit_id integer, sight text default 'people') returns table (code text, name text)
language sql stable set search_path = ''
begin atomic
  select host.code, host.name
  from public.units inside
  join public.units host on host.path operator(extensions.<@) inside.path and host.closed_on is null
    and extensions.nlevel(host.path) - extensions.nlevel(inside.path) <= 2
  where inside.id = in_unit_id and head_count_hosts.sight in ('people', 'trainings') and host.id in (select private.my_units(head_count_hosts.sight))
  order by extensions.nlevel(host.path), host.kind_id = 'administration', host.path
  limit 300;
end;

grant execute on function public.record_head_count(integer, text, text, text, timestamptz, timestamptz, integer, text, bigint, bigint, text),
  public.head_counts_to_correct(bigint[]), public.head_count_hosts(integer, text) to authenticated;
