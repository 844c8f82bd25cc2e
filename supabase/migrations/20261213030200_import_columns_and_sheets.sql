-- Columns are remembered as is promised: of the unit, of the nearest one above, of the same account anywhere. Of a workbook another sheet can be read.

alter table private.import_columns add column by_account uuid;
comment on column private.import_columns.by_account is 'Who chose them last.';
create index import_columns_by_account_idx on private.import_columns (by_account, kind);

create or replace function public.choose_import_columns(import_id bigint, columns jsonb, fixed jsonb, register_persons boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(choose_import_columns.import_id, '{mapping,checked,failed}');
begin
  if choose_import_columns.register_persons and chosen.kind = 'participation' then perform private.require_sight(chosen.unit_id, 'people'); end if;
  update public.imports set columns = choose_import_columns.columns, fixed = choose_import_columns.fixed,
    register_persons = choose_import_columns.register_persons and kind = 'participation',
    state = 'checking', counts = '{}', problem = null, checked_at = null where id = chosen.id;
  insert into private.import_columns (unit_id, kind, headings, columns, fixed, by_account)
  values (chosen.unit_id, chosen.kind, chosen.headings, choose_import_columns.columns, choose_import_columns.fixed, auth.uid())
  on conflict on constraint import_columns_pkey do update set columns = excluded.columns, fixed = excluded.fixed, by_account = excluded.by_account, at = excluded.at;
  perform private.import_phase(chosen.id, 'reading', 0, null);
end $$;

-- The columns chosen last for these headings: at this unit, else at the nearest one above, else anywhere by the same account. What was said once for all
-- rows, a host or a place, is that of the unit: of another one only the columns are taken over.
create or replace function public.remembered_import_columns(import_id bigint) returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object('columns', known.columns, 'fixed', case when known.unit_id = asked.unit_id then known.fixed else '{}' end)
  from public.imports asked
  join public.units place on place.id = asked.unit_id
  join private.import_columns known on known.kind = asked.kind and known.headings = asked.headings
  join public.units its on its.id = known.unit_id
  where asked.id = remembered_import_columns.import_id and asked.created_by = auth.uid()
    and (place.path operator(extensions.<@) its.path or known.by_account = auth.uid())
  order by case when place.path operator(extensions.<@) its.path then extensions.nlevel(place.path) - extensions.nlevel(its.path) end nulls last, known.at desc
  limit 1
);

-- Has another sheet of the workbook read: what was chosen and found of the one before is gone.
create function public.choose_import_sheet(import_id bigint, sheet text, headings text[], heading_line integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(choose_import_sheet.import_id, '{mapping,checked,failed}');
begin
  if chosen.format <> 'xlsx' or sheet is null then perform private.refuse(422, 'sheet_unknown', '{"field": "sheet"}'); end if;
  update public.imports set sheet = choose_import_sheet.sheet, headings = choose_import_sheet.headings, heading_line = choose_import_sheet.heading_line,
    columns = '{}', fixed = '{}', state = 'mapping', counts = '{}', problem = null, checked_at = null where id = chosen.id;
end $$;
grant execute on function public.choose_import_sheet(bigint, text, text[], integer) to authenticated;
