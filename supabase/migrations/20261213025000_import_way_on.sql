-- Where one goes on after an import: the administration whose figures, populations and people it is about, and the years it wrote
-- to, latest first. For whoever sees the import, as import_standing().
create function public.import_way_on(import_id bigint) returns table (place text, years integer[])
language sql stable security definer set search_path = ''
begin atomic
  select around.code, array(
    select distinct written.year::integer from (
      select fact.year from public.participations fact where asked.kind = 'participation' and fact.import_id = asked.id
      union all
      select version.year from private.import_effects effect join public.population_versions version on version.id = effect.subject_id
      where asked.kind = 'populations' and effect.import_id = asked.id and effect.what = 'population'
    ) written order by 1 desc)
  from public.imports asked
  join public.units unit on unit.id = asked.unit_id
  join public.unit_kinds kind on kind.id = unit.kind_id
  join public.units around on around.id = case kind.nature when 'administration' then unit.id else unit.parent_id end
  where asked.id = import_way_on.import_id and asked.state = 'applied'
    and (asked.created_by = auth.uid() or unit.path operator(extensions.<@) any (private.my_unit_paths(private.import_sight(asked.kind))));
end;
grant execute on function public.import_way_on(bigint) to authenticated;
