-- Denominators: how many people of a group live in a unit in a year, with source and date. Without one there is no rate.

create table public.populations (
  unit_id integer not null references public.units on delete restrict,
  year smallint not null check (year between 1990 and 2100),
  group_id text not null references public.population_groups on delete restrict,
  area text not null default 'all' check (area in ('all', 'urban', 'rural')),
  count integer not null check (count >= 0),
  source text not null check (length(source) between 1 and 80),
  as_of date not null,
  entered_by uuid,
  approved_by uuid,
  entered_at timestamptz not null default now(),
  primary key (unit_id, year, group_id, area)
);
create index populations_group_id_idx on public.populations (group_id);

alter table public.populations enable row level security;
grant select on public.populations to authenticated;
create policy "Populations are read by staff of the subtree" on public.populations for select to authenticated
  using (unit_id in (select private.my_units('figures')));
