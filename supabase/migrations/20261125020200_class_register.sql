-- The register of a class on paper: who came, entered in one call and credited by the rule of attendance.

-- Records up to 200 attendances and credits them; tells what became of each person. The same register again changes nothing;
-- with other minutes it is refused as a whole. Somebody outside the asking account's sight is named as unknown, and the
-- others are recorded. Definer: facts and postings are written by functions only.
create function public.record_class(of_unit_id integer, of_category_id text, started_at timestamptz, minutes integer, person_ids bigint[])
returns table (person_id bigint, outcome text, reason text, counted_minutes bigint, milli_credits bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  stem text := concat_ws(':', 'class', of_unit_id, extract(epoch from record_class.started_at)::bigint, coalesce(of_category_id, '-'));
  known bigint[];
  facts bigint[];
  keys text[];
begin
  perform private.require_sight(of_unit_id, 'people');
  if record_class.started_at is null or record_class.started_at > now() then perform private.refuse(422, 'start_invalid', '{"field": "start"}'); end if;
  if record_class.minutes between 1 and 720 is not true then perform private.refuse(422, 'minutes_invalid', '{"field": "minutes"}'); end if;
  if cardinality(person_ids) between 1 and 200 is not true then perform private.refuse(422, 'people_invalid', '{"field": "people"}'); end if;
  if of_category_id is not null and not exists (select from public.categories where id = of_category_id) then
    perform private.refuse(422, 'category_unknown', '{"field": "category"}');
  end if;

  select array_agg(person.id order by person.id) into known from public.persons person
    join public.units home on home.id = person.residence_unit_id
    where person.id = any (person_ids) and home.path operator(extensions.<@) any (private.my_unit_paths('people'));

  insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex,
    started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, channel, entry_source, entered_by)
  select stem || ':' || person.id, person.id, 'training', of_category_id, true, 'learner', person.residence_unit_id, home.area, of_unit_id,
    private.groups_of(person.id, person.birth_year, private.china_date(record_class.started_at)), person.birth_year, person.sex,
    record_class.started_at, record_class.started_at + make_interval(mins => record_class.minutes),
    private.in_vacation(private.china_date(record_class.started_at)), round(record_class.minutes / 60.0, 2), 'attended', 'list', auth.uid(),
    'onsite', 'paper', auth.uid()
  from public.persons person join public.units home on home.id = person.residence_unit_id
  where person.id = any (known) order by person.id
  on conflict (key) do nothing;

  select array_agg(fact.id order by fact.person_id), array_agg(fact.key order by fact.person_id) into facts, keys
    from public.participations fact where fact.key in (select stem || ':' || one from unnest(known) as one);
  if facts is not null then
    return query
    select fact.person_id, posting.outcome, posting.reason, posting.minutes, posting.milli_credits
    from private.award_class(facts, keys, 'attendance', record_class.minutes) posting
    join public.participations fact on fact.id = posting.participation_id;
  end if;
  return query
  select distinct one, 'refused', 'person_unknown', 0::bigint, 0::bigint from unnest(person_ids) as one where not one = any (coalesce(known, '{}'));
end $$;
grant execute on function public.record_class(integer, text, timestamptz, integer, bigint[]) to authenticated;
