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
