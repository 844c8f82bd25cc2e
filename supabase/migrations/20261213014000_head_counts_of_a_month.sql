-- Head counts of one month of the year, which the trend by month leads to; and the list and its sums are of the same units, those that stood below in
-- that year. Definer: a school that has left since is in nobody's policy any more; the sight is asked for here.
drop function public.list_head_counts(integer, integer, integer, integer);
-- The head counts of a unit and all below in a year, or in one month of it, newest first, corrected ones too.
create function public.list_head_counts(in_unit_id integer, counted_year integer, page_size integer default 50, skip integer default 0, in_month integer default null)
returns table (id bigint, host_code text, host text, kind text, category text, category_zh text, category_en text, title text,
  started_at timestamptz, ended_at timestamptz, persons integer, note text, entered_at timestamptz, corrects bigint, corrected_by bigint, total integer, session_id bigint)
language sql stable security definer set search_path = ''
begin atomic
  select head_count.id, host.code, host.name, head_count.kind, category.id, category.zh, category.en, head_count.title,
    head_count.started_at, head_count.ended_at, head_count.persons, head_count.note, head_count.entered_at,
    head_count.corrects, later.id, (count(*) over ())::integer, head_count.session_id
  from public.unit_paths placed
  join public.units host on host.id = placed.unit_id
  join public.head_counts head_count on head_count.host_unit_id = host.id and head_count.year = counted_year
  join public.categories category on category.id = head_count.category_id
  left join public.head_counts later on later.corrects = head_count.id
  where private.sees_unit(in_unit_id, 'figures') and placed.ancestors @> array[in_unit_id] and placed.years @> counted_year
    and (in_month is null or extract(month from head_count.started_at at time zone 'Asia/Shanghai') = in_month)
  order by head_count.started_at desc, head_count.id desc
  limit least(greatest(page_size, 1), 200) offset greatest(skip, 0);
end;
grant execute on function public.list_head_counts(integer, integer, integer, integer, integer) to authenticated;
