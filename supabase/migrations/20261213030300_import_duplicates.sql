-- Before a list writes somebody new, whoever is registered already and looks like the same is told of: by name or what it sounds like, year of birth and
-- township, as at the desk (private.probable_duplicates). It refuses nothing. Somebody whose ID number is known to be another one is not meant.

-- One warning for each who is new, on the first of their rows. The number of whoever lives outside the unit of the import is not told.
create function private.warn_of_probably_known(import_id bigint, inside extensions.ltree) returns void
language sql volatile set search_path = ''
begin atomic
  with newcomers as materialized (
    select distinct on (staged.newcomer) staged.newcomer, staged.line, staged.name, staged.pinyin, staged.birth_year, staged.id_lookup, home.parent_id as township_id
    from private.import_rows staged join public.units home on home.id = staged.residence_unit_id
    where staged.import_id = warn_of_probably_known.import_id and staged.newcomer is not null and staged.state = 'read' and staged.birth_year is not null
    order by staged.newcomer, staged.line
  ), alike as (
    select newcomers.line, newcomers.id_lookup, newcomers.township_id, known.id, known.counts_as, known.residence_unit_id, 1 as rank
    from newcomers join public.persons known on known.name = newcomers.name and known.birth_year = newcomers.birth_year
    union all
    select newcomers.line, newcomers.id_lookup, newcomers.township_id, known.id, known.counts_as, known.residence_unit_id, 2
    from newcomers join public.persons known on known.pinyin = newcomers.pinyin and known.birth_year = newcomers.birth_year and known.name <> newcomers.name
  ), best as (
    select distinct on (alike.line) alike.line, standing.id, home.path operator(extensions.<@) inside as is_inside
    from alike
    join public.units there on there.id = alike.residence_unit_id and there.parent_id = alike.township_id
    join public.persons standing on standing.id = coalesce(alike.counts_as, alike.id)
    join public.units home on home.id = standing.residence_unit_id
    where not exists (select from private.person_contacts other where alike.id_lookup is not null and other.person_id = alike.id and other.kind = 'id_number'
      and other.lookup <> alike.id_lookup)
    order by alike.line, alike.rank, home.path operator(extensions.<@) inside desc, standing.id
  )
  insert into private.import_warnings (import_id, line, field, code, details)
  select warn_of_probably_known.import_id, best.line, 'name', case when best.is_inside then 'import_probably_known' else 'import_probably_known_near' end,
    case when best.is_inside then jsonb_build_object('person', best.id) else '{}' end
  from best;
end;

-- As before, with whom the new ones look like.
create or replace function private.check_import(import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports;
  inside extensions.ltree;
  counts jsonb;
begin
  select * into of_import from public.imports where id = check_import.import_id;
  inside := (select unit.path from public.units unit where unit.id = of_import.unit_id);
  delete from private.import_refusals refusal where refusal.import_id = of_import.id and not by_file;
  delete from private.import_warnings warning where warning.import_id = of_import.id;
  update private.import_rows staged set state = case when refused.line is null then 'read' else 'refused' end,
    person_id = null, candidates = null, newcomer = null, key = null
  from private.import_rows same
  left join (select distinct line from private.import_refusals refusal where refusal.import_id = check_import.import_id) refused using (line)
  where staged.import_id = of_import.id and same.import_id = of_import.id and same.line = staged.line;
  analyze private.import_rows;
  case of_import.kind
    when 'participation' then perform private.check_participation(of_import, inside);
    when 'persons' then perform private.check_persons(of_import, inside);
    when 'populations' then perform private.check_populations(of_import, inside);
    when 'units' then perform private.check_units(of_import, inside);
    when 'activities' then perform private.check_activities(of_import, inside);
  end case;
  if of_import.kind in ('participation', 'persons') then perform private.warn_of_probably_known(of_import.id, inside); end if;
  update private.import_rows staged set state = 'good' where staged.import_id = of_import.id and staged.state = 'read';
  select jsonb_build_object('total', count(*), 'good', count(*) filter (where state = 'good'), 'known', count(*) filter (where state = 'known'),
    'repeated', count(*) filter (where state = 'repeated'), 'refused', count(*) filter (where state = 'refused'),
    'corrections', count(*) filter (where state = 'good' and corrects is not null),
    'newcomers', count(distinct newcomer) filter (where state in ('good', 'repeated')),
    'persons', count(distinct coalesce(newcomer, person_id::text)) filter (where state = 'good'),
    'warned', (select count(distinct warning.line) from private.import_warnings warning where warning.import_id = of_import.id))
  into counts from private.import_rows where import_rows.import_id = of_import.id;
  return counts;
end $$;
