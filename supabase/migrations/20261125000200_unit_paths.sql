-- The tree by year. `units.path` is the tree of today, which decides who may see what; figures of a year go by the tree of
-- that year, so a move, a merge or a split leaves the years before it as they were reported.

alter table public.units add column placed_on date not null default private.china_date(now());
comment on column public.units.placed_on is 'Since when the unit stands below its present parent; figures follow from that year on.';

create table public.unit_paths (
  unit_id integer not null references public.units on delete cascade,
  years int4range not null check (not isempty(years)),
  ancestors integer[] not null, -- from the region down to the unit itself
  primary key (unit_id, years),
  constraint unit_paths_one_a_year exclude using gist (unit_id with =, years with &&)
);
create index unit_paths_ancestors_idx on public.unit_paths using gin (ancestors);

alter table public.unit_paths enable row level security;
grant select on public.unit_paths to authenticated;
create policy "Accounts read the network of each year" on public.unit_paths for select to authenticated using (true);

-- A year's tree as rows: the unit, its parent that year, and the way down to it.
create view private.tree_by_year as
  select unit_id, years, ancestors, ancestors[cardinality(ancestors) - 1] as parent_id from public.unit_paths;

insert into public.unit_paths (unit_id, years, ancestors)
select id, '(,)', string_to_array(path::text, '.')::integer[] from public.units;

-- A new unit stands wherever its parent stood.
create function private.root_unit_paths() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.unit_paths (unit_id, years, ancestors)
  select new.id, '(,)', array[new.id] where new.parent_id is null
  union all
  select new.id, above.years, above.ancestors || new.id from public.unit_paths above where above.unit_id = new.parent_id;
  return null;
end $$;
create trigger units_root_paths after insert on public.units
  for each row execute function private.root_unit_paths();

-- A move of which nothing else is said happens today. Named to come before units_place, which sets the path.
create function private.date_unit_move() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.placed_on = old.placed_on then new.placed_on := private.china_date(now()); end if;
  return new;
end $$;
create trigger units_date_move before update of parent_id on public.units
  for each row when (old.parent_id is distinct from new.parent_id) execute function private.date_unit_move();

-- Hangs the subtree of a unit below another parent from a year on. Earlier years stay; units that stood elsewhere in some of
-- the later ones stay there.
create function private.rehang_unit(unit_id integer, parent_id integer, from_year integer) returns void
language sql volatile set search_path = ''
begin atomic
  with taken as (
    delete from public.unit_paths below
    where below.ancestors @> array[rehang_unit.unit_id] and below.years && int4range(from_year, null)
    returning below.unit_id, below.years, below.ancestors
  )
  insert into public.unit_paths (unit_id, years, ancestors)
  select taken.unit_id, taken.years * int4range(null, from_year), taken.ancestors
  from taken where not isempty(taken.years * int4range(null, from_year))
  union all
  select taken.unit_id, taken.years * int4range(from_year, null) * above.years,
    above.ancestors || taken.ancestors[array_position(taken.ancestors, rehang_unit.unit_id):]
  from taken
  join public.unit_paths above on above.unit_id = rehang_unit.parent_id
  where not isempty(taken.years * int4range(from_year, null) * above.years);
end;
