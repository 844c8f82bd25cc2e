-- Whoever works in a department enters the trainings that the department ran (DOMAIN.md 3), without the rest of the desk's work on people: a sight of
-- its own. Whoever registers people has it too.

alter table public.post_roles drop constraint post_roles_sights_check;
alter table public.post_roles add constraint post_roles_sights_check
  check (sights <@ array['desk', 'figures', 'names', 'groups', 'people', 'trainings', 'activities', 'network', 'populations', 'approval', 'posts', 'audit']);
update public.post_roles set sights = sights || '{trainings}' where 'people' = any (sights) or id = 'department_staff';

alter policy "Imports are read by who made them and by those who may make them there" on public.imports
  using (created_by = (select auth.uid())
    or kind = 'participation' and unit_id in (select private.my_units('trainings'))
    or kind = 'persons' and unit_id in (select private.my_units('people'))
    or kind = 'populations' and unit_id in (select private.my_units('populations'))
    or kind = 'units' and unit_id in (select private.my_units('network'))
    or kind = 'activities' and unit_id in (select private.my_units('activities')));

create or replace function private.import_sight(kind text) returns text
language sql immutable set search_path = ''
return case kind when 'participation' then 'trainings' when 'populations' then 'populations' when 'units' then 'network' when 'activities' then 'activities' else 'people' end;

-- As before; but whoever registers nobody elsewhere registers nobody by a list of a training either.
create or replace function public.choose_import_columns(import_id bigint, columns jsonb, fixed jsonb, register_persons boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(choose_import_columns.import_id, '{mapping,checked,failed}');
begin
  if choose_import_columns.register_persons and chosen.kind = 'participation' then perform private.require_sight(chosen.unit_id, 'people'); end if;
  update public.imports set columns = choose_import_columns.columns, fixed = choose_import_columns.fixed,
    register_persons = choose_import_columns.register_persons and kind = 'participation',
    state = 'checking', counts = '{}', problem = null, checked_at = null where id = chosen.id;
  insert into private.import_columns (unit_id, kind, headings, columns, fixed)
  values (chosen.unit_id, chosen.kind, chosen.headings, choose_import_columns.columns, choose_import_columns.fixed)
  on conflict on constraint import_columns_pkey do update set columns = excluded.columns, fixed = excluded.fixed, at = excluded.at;
  perform private.import_phase(chosen.id, 'reading', 0, null);
end $$;
