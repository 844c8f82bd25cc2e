-- Figures that say more of themselves: urban and rural coverage with its denominators, and records with the name of their event.

-- How many people live in the urban and in the rural part of a unit in a year. A figure entered for the area counts; where a unit has none its parts do,
-- and a village or community without one is as a whole what the network says it is. Where one is missing there is no number (null), never zero.
create function public.coverage_areas(in_unit_id integer, counted_year integer) returns table (area text, population bigint, missing_count integer)
language plpgsql stable security definer set search_path = '' as $$ -- definer: asks private.sees_unit(), as the other figures
#variable_conflict use_column
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  with recursive walked as (
    select one as area, unit.id, unit.area as unit_area, own.count
    from public.units unit cross join unnest(array['urban', 'rural']) as one
    left join public.populations own on own.unit_id = unit.id and own.year = counted_year and own.group_id = 'resident' and own.area = one
    where unit.id = in_unit_id
    union all
    select walked.area, child.id, child.area, own.count
    from walked
    join private.tree_by_year tree on tree.parent_id = walked.id and tree.years @> counted_year
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
    left join public.populations own on own.unit_id = child.id and own.year = counted_year and own.group_id = 'resident' and own.area = walked.area
    where walked.count is null
  ), part as (
    select walked.area, case when walked.count is not null then walked.count when walked.unit_area = walked.area then whole.count when walked.unit_area is not null then 0 end as count
    from walked
    left join public.populations whole on whole.unit_id = walked.id and whole.year = counted_year and whole.group_id = 'resident' and whole.area = 'all'
    where walked.count is not null or not exists (
      select from private.tree_by_year tree
      join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
      where tree.parent_id = walked.id and tree.years @> counted_year)
  )
  select part.area, case when bool_and(part.count is not null) then sum(part.count) end::bigint, (count(*) filter (where part.count is null))::integer
  from part group by part.area;
end $$;
grant execute on function public.coverage_areas(integer, integer) to authenticated;

-- What a record is of: the programme as it was entered, or the title of its activity or class, also after corrections.
create function private.record_title(fact_id bigint) returns text
language plpgsql stable security definer set search_path = '' as $$ -- definer: whoever may read a record may read what it is of
declare
  first_id bigint := private.first_record(fact_id);
begin
  return coalesce(
    (select fact.programme from public.participations fact where fact.id = fact_id),
    (select activity.title from public.session_records record join public.activity_sessions session on session.id = record.session_id
      join public.activities activity on activity.id = session.activity_id where record.participation_id = first_id),
    (select class.title from public.class_register_entries entry join public.class_registers class on class.id = entry.register_id
      where entry.participation_id = first_id limit 1));
end $$;
grant execute on function private.record_title(bigint) to authenticated;

drop function public.person_participations(bigint, integer);
-- All rows of a person in a year, also those recorded before rows were merged, latest first, with what corrects what, and why.
create function public.person_participations(of_person_id bigint, counted_year integer)
returns table (participation_id bigint, started_at timestamptz, ended_at timestamptz, kind text, category_id text, category_zh text, category_en text, course text,
  lesson text, title text, host text, home text, hours numeric, status text, role text, channel text, entry_source text, entered_at timestamptz,
  corrects bigint, corrected_by bigint, counts boolean, what text, reason text, under_person_id bigint)
language sql stable set search_path = ''
begin atomic
  select fact.id, fact.started_at, fact.ended_at, fact.kind, fact.category_id, category.zh, category.en, course.title, lesson.title, private.record_title(fact.id), host.name, home.name,
    fact.hours, fact.status, fact.role, fact.channel, fact.entry_source, fact.entered_at, fact.corrects, later.id,
    fact.status = 'attended' and fact.role in ('learner', 'guardian') and later.id is null, correction.what, correction.reason,
    fact.person_id
  from public.persons asked
  join public.persons one on coalesce(one.counts_as, one.id) = coalesce(asked.counts_as, asked.id)
    and (one.id = coalesce(asked.counts_as, asked.id) or one.counts_as = coalesce(asked.counts_as, asked.id))
  join public.participations fact on fact.person_id = one.id and fact.year = counted_year
  join public.units home on home.id = fact.residence_unit_id
  left join public.participations later on later.corrects = fact.id
  left join public.corrections correction on correction.participation_id = fact.id
  left join public.categories category on category.id = fact.category_id
  left join public.courses course on course.id = fact.course_id
  left join public.lessons lesson on lesson.id = fact.lesson_id
  left join public.units host on host.id = fact.host_unit_id
  where asked.id = of_person_id
  order by fact.started_at desc, fact.id desc;
end;
grant execute on function public.person_participations(bigint, integer) to authenticated;
