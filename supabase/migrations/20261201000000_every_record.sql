-- A page of the desk shows a part of them: the function gives all.
create or replace function public.person_participations(of_person_id bigint, counted_year integer)
returns table (participation_id bigint, started_at timestamptz, ended_at timestamptz, kind text, category_id text, category_zh text, category_en text, course text,
  lesson text, host text, home text, hours numeric, status text, role text, channel text, entry_source text, entered_at timestamptz,
  corrects bigint, corrected_by bigint, counts boolean, what text, reason text, under_person_id bigint)
language sql stable set search_path = ''
begin atomic
  select fact.id, fact.started_at, fact.ended_at, fact.kind, fact.category_id, category.zh, category.en, course.title, lesson.title, host.name, home.name,
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
