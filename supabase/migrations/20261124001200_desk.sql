-- What the desk reads: where one is in the tree, the weeks and credits of a unit, the network and who works in it, and
-- the people of one's units with their records. The asking post decides: figures for counts, names for people.

-- The way from the region down to a unit, the unit last. Without a code: the topmost unit on which the caller has that
-- sight. `in_sight` says on which steps it has it.
create function public.unit_trail(unit_code text, sight text)
returns table (unit_id integer, code text, name text, level text, kind_id text, in_sight boolean)
language sql stable set search_path = ''
begin atomic
  with mine as (
    select private.my_unit_paths(sight) as paths
  ), asked as (
    select unit.path from public.units unit where unit.code = unit_code
    union all
    (select path from mine, unnest(mine.paths) as path where unit_code is null order by extensions.nlevel(path), path limit 1)
  )
  select above.id, above.code, above.name, above.level, above.kind_id,
    above.path operator(extensions.<@) any (mine.paths)
  from asked
  join public.units above on above.path operator(extensions.@>) asked.path
  cross join mine
  order by extensions.nlevel(above.path);
end;
grant execute on function public.unit_trail(text, text) to authenticated;

-- ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The facts that coverage counts: attended by a learner or guardian, and not corrected since.
create view private.counted_participations as
  select fact.* from public.participations fact
  where fact.status = 'attended' and fact.role in ('learner', 'guardian')
    and not exists (select from public.participations later where later.corrects = fact.id);

create index participations_home_started_at_idx on public.participations (residence_unit_id, started_at);

-- Person-times of people of a unit in each of the last weeks (Monday to Sunday), empty weeks too. An event belongs to where
-- the person lived that day, as do the credits below; coverage counts all of a person's year at its first home, so the sums
-- of the two differ by whoever moved. Definer: counts are for whoever sees figures, the rows only for whoever sees names.
create function public.participations_by_week(in_unit_id integer, last_day date, weeks integer default 12)
returns table (week_start date, person_times integer)
language sql stable security definer set search_path = ''
begin atomic
  with inside as (
    select unit.path from public.units unit
    where unit.id = in_unit_id
      and unit.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  ), shown as (
    select (date_trunc('week', last_day::timestamp)::date - 7 * back) as week_start
    from inside, generate_series(0, least(greatest(weeks, 1), 53) - 1) as back
  ), counted as (
    select date_trunc('week', fact.started_at at time zone 'Asia/Shanghai')::date as week_start, count(*) as person_times
    from inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join private.counted_participations fact on fact.residence_unit_id = home.id
    where fact.started_at >= (date_trunc('week', last_day::timestamp) - (least(greatest(weeks, 1), 53) - 1) * interval '1 week') at time zone 'Asia/Shanghai'
      and fact.started_at < (date_trunc('week', last_day::timestamp) + interval '1 week') at time zone 'Asia/Shanghai'
    group by 1
  )
  select shown.week_start, coalesce(counted.person_times, 0)::integer
  from shown left join counted using (week_start)
  order by shown.week_start;
end;
grant execute on function public.participations_by_week(integer, date, integer) to authenticated;

-- Thousandths of credits that people of a unit earned by what they did in a year, each where the person lived then. Definer: a posting is read by its
-- owner only, the sum by whoever sees figures.
create function public.credits_of_unit(in_unit_id integer, counted_year integer) returns bigint
language sql stable security definer set search_path = ''
return (
  select coalesce(sum(posting.milli_credits), 0)
  from public.units inside
  join public.units home on home.path operator(extensions.<@) inside.path
  join public.participations fact on fact.residence_unit_id = home.id and fact.year = counted_year
  join public.credit_postings posting on posting.participation_id = fact.id
  where inside.id = in_unit_id
    and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
);
grant execute on function public.credits_of_unit(integer, integer) to authenticated;

-- ── network ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Whether a unit is open on a day; the day of closing is the first on which it is not.
create function private.open_on(opened_on date, closed_on date, day date) returns boolean
language sql immutable parallel safe set search_path = ''
return coalesce(opened_on <= day, true) and coalesce(closed_on > day, true);

-- How much of the school network stands below a unit, by level: administrations open today, those that should have a
-- school or learning point (应建), those of them that have one, and all teaching units.
create function public.network_summary(in_unit_id integer)
returns table (level text, administrations integer, should_build integer, built integer, teaching_units integer)
language sql stable set search_path = ''
begin atomic
  with standing as (
    select unit.id, unit.parent_id, unit.level, unit.should_build, kind.nature
    from public.units inside
    join public.units unit on unit.path operator(extensions.<@) inside.path
    join public.unit_kinds kind on kind.id = unit.kind_id
    where inside.id = in_unit_id and private.open_on(unit.opened_on, unit.closed_on, private.china_date(now()))
  ), taught as (
    select standing.parent_id as unit_id, count(*) as units from standing where standing.nature = 'teaching' group by standing.parent_id
  )
  select standing.level, count(*)::integer,
    (count(*) filter (where standing.should_build))::integer,
    (count(*) filter (where standing.should_build and taught.units > 0))::integer,
    coalesce(sum(taught.units), 0)::integer
  from standing left join taught on taught.unit_id = standing.id
  where standing.nature = 'administration'
  group by standing.level
  order by array_position(array['city', 'county', 'township', 'village'], standing.level);
end;

-- The administrations below a unit with their schools, two levels deep, or one where two would be more than 400 units.
create function public.network_tree(in_unit_id integer)
returns table (unit_id integer, code text, parent_id integer, depth integer, level text, name text, local_name text, area text,
  should_build boolean, opened_on date, closed_on date, has_children boolean, teaching jsonb)
language sql stable set search_path = ''
begin atomic
  with below as (
    select unit.*, extensions.nlevel(unit.path) - extensions.nlevel(inside.path) as depth
    from public.units inside
    join public.units unit on unit.path operator(extensions.<@) inside.path
    where inside.id = in_unit_id and unit.kind_id = 'administration'
      and extensions.nlevel(unit.path) - extensions.nlevel(inside.path) <= 2
  )
  select below.id, below.code, below.parent_id, below.depth, below.level, below.name, below.local_name, below.area,
    below.should_build, below.opened_on, below.closed_on,
    exists (select from public.units child where child.parent_id = below.id and child.kind_id = 'administration'),
    coalesce((
      select jsonb_agg(jsonb_build_object('code', school.code, 'name', school.name, 'localName', school.local_name,
        'kindZh', kind.zh, 'kindEn', kind.en, 'openedOn', school.opened_on, 'closedOn', school.closed_on)
        order by school.closed_on nulls first, school.path)
      from public.units school join public.unit_kinds kind on kind.id = school.kind_id
      where school.parent_id = below.id and kind.nature = 'teaching'), '[]')
  from below
  where below.depth <= 1 or (select count(*) <= 400 from below)
  order by below.path;
end;

-- Who holds a post today at a unit, or at a school or office right below it. Names are for whoever may see names there: a
-- manager knows the staff of the own school wherever they live. Definer: the policy of persons goes by residence.
create function public.posts_at(of_unit_id integer)
returns table (post_id integer, unit_name text, role_zh text, role_en text, employment text, valid_from date, valid_to date, name text)
language sql stable security definer set search_path = ''
begin atomic
  select post.id, unit.name, role.zh, role.en, post.employment, post.valid_from, post.valid_to,
    case when unit.path operator(extensions.<@) any ((select private.my_unit_paths('names'))::extensions.ltree[]) then person.name end
  from public.units unit
  join public.posts post on post.unit_id = unit.id
  join public.post_roles role on role.id = post.role_id
  join public.persons person on person.id = post.person_id
  where (unit.id = of_unit_id or (unit.parent_id = of_unit_id and unit.kind_id <> 'administration'))
    and unit.path operator(extensions.<@) any ((select private.my_unit_paths('desk'))::extensions.ltree[])
    and post.valid_from <= private.china_date(now()) and coalesce(post.valid_to >= private.china_date(now()), true)
  order by extensions.nlevel(unit.path), unit.path, array_position(array['head', 'manager', 'tutor', 'teacher'], role.id), post.valid_from, post.id;
end;

grant execute on function private.open_on(date, date, date) to authenticated;
grant execute on function public.network_summary(integer), public.network_tree(integer), public.posts_at(integer) to authenticated;

-- ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Whether a person can sign in. Definer: identity is closed to API roles, and this is all that the desk is told.
create function private.has_account(person_id bigint) returns boolean
language sql stable security definer set search_path = ''
return exists (select from identity.accounts account where account.person_id = has_account.person_id and account.disabled_at is null);

grant execute on function private.has_account(bigint), private.groups_of(bigint, integer, date) to authenticated;

-- People of a unit whose name contains a text, taken literally: the name itself first, then names that begin with it.
-- Every row carries the number of all. Sees what the policies of persons show.
create function public.find_people(name_part text, in_unit_id integer, page_size integer default 20, skip integer default 0)
returns table (person_id bigint, name text, sex text, birth_year smallint, home text, home_code text, groups text[],
  has_account boolean, total integer)
language sql stable set search_path = ''
begin atomic
  with found as (
    select person.id, person.name, person.sex, person.birth_year, home.name as home, home.code as home_code,
      count(*) over () as total
    from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons person on person.residence_unit_id = home.id
    where inside.id = in_unit_id and length(name_part) > 0
      and person.name ilike '%' || regexp_replace(name_part, '([\\%_])', '\\\1', 'g') || '%'
    order by lower(person.name) <> lower(name_part), not starts_with(lower(person.name), lower(name_part)), person.name, person.id
    limit least(greatest(page_size, 1), 100) offset greatest(skip, 0)
  )
  select found.id, found.name, found.sex, found.birth_year, found.home, found.home_code,
    private.groups_of(found.id, found.birth_year, private.china_date(now())),
    private.has_account(found.id), found.total::integer
  from found;
end;

-- The records of a person in a year, newest first: what counts, and what a later row corrected.
create function public.person_participations(of_person_id bigint, counted_year integer)
returns table (participation_id bigint, started_at timestamptz, kind text, category_zh text, category_en text, course text,
  lesson text, host text, home text, hours numeric, status text, role text, channel text, entry_source text, entered_at timestamptz,
  corrects bigint, corrected_by bigint, counts boolean)
language sql stable set search_path = ''
begin atomic
  select fact.id, fact.started_at, fact.kind, category.zh, category.en, course.title, lesson.title, host.name, home.name,
    fact.hours, fact.status, fact.role, fact.channel, fact.entry_source, fact.entered_at, fact.corrects, later.id,
    fact.status = 'attended' and fact.role in ('learner', 'guardian') and later.id is null
  from public.participations fact
  join public.units home on home.id = fact.residence_unit_id
  left join public.participations later on later.corrects = fact.id
  left join public.categories category on category.id = fact.category_id
  left join public.courses course on course.id = fact.course_id
  left join public.lessons lesson on lesson.id = fact.lesson_id
  left join public.units host on host.id = fact.host_unit_id
  where fact.person_id = of_person_id and fact.year = counted_year
  order by fact.started_at desc, fact.id desc
  limit 500;
end;

grant execute on function public.find_people(text, integer, integer, integer), public.person_participations(bigint, integer) to authenticated;
