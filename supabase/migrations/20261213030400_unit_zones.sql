-- A list of units says what the form of one says: which zone it is, of which level, and whose post is asked for it.

create or replace function private.import_words() returns jsonb
language sql stable security definer set search_path = ''
return jsonb_build_object(
  'categories', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en) order by position) from public.categories),
  'groups', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en, 'byAge', ages is not null or id = 'resident') order by position) from public.population_groups),
  'unitKinds', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en, 'nature', nature) order by id) from public.unit_kinds),
  'forms', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en) order by position) from public.activity_forms),
  'roles', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en) order by id) from public.post_roles));

create or replace function private.write_import_units(of_import public.imports, from_line integer, to_line integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  staged private.import_rows;
  above public.units;
  unit_code text;
  written integer := 0;
begin
  perform private.act_as(of_import.created_by);
  for staged in
    select * from private.import_rows rows_of
    where rows_of.import_id = of_import.id and rows_of.line between from_line and to_line and rows_of.state = 'good' order by rows_of.line
  loop
    select * into strict above from public.units unit where unit.id = staged.unit_id;
    unit_code := public.create_unit(above.code, coalesce(staged.details ->> 'code', private.import_unit_code(above.code)), staged.kind,
      case when staged.kind = 'administration' then private.level_below(above.level) end,
      coalesce((staged.details ->> 'openedOn')::date, private.china_date(now())),
      jsonb_strip_nulls(jsonb_build_object('name', staged.name, 'area', staged.details -> 'area', 'local_name', staged.details -> 'localName',
        'host_body', staged.details -> 'hostBody', 'address', staged.details -> 'address', 'contact_phone', staged.details -> 'contactPhone',
        'summary', staged.details -> 'summary', 'should_build', staged.details -> 'shouldBuild', 'rooms', staged.details -> 'rooms',
        'computers', staged.details -> 'computers', 'standard_met', staged.details -> 'standardMet', 'further_kinds', staged.details -> 'furtherKinds',
        'zone_status', staged.details -> 'zoneStatus', 'zone_level', staged.details -> 'zoneLevel', 'contact_role_id', staged.details -> 'contactRole')));
    insert into private.import_effects (import_id, what, subject_id) select of_import.id, 'unit', unit.id from public.units unit where unit.code = unit_code;
    written := written + 1;
  end loop;
  return written;
end $$;
