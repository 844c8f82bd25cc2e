-- Approving reports together. Only those that nothing speaks against: handed in in time with everything below approved (no reason
-- in writing), and with figures that have not moved since. The others are opened one by one, where reason and drift can be read.

-- How many figures of a snapshot are no longer what was handed in; null for posts that do not see them.
create function private.report_drift(of_period_id integer, of_unit_id integer, of_version integer) returns integer
language sql stable set search_path = ''
return (
  select case when count(*) > 0 then count(*) filter (where figure.live_value is not null
    and (figure.live_value <> figure.value or figure.live_denominator is distinct from figure.denominator)) end::integer
  from public.report_comparison(of_period_id, of_unit_id, of_version) figure
);

-- Reports of the units right below one's unit that wait to be decided on, a page at a time, with what speaks against approving
-- them unread.
create function public.reports_to_approve(of_period_id integer, in_unit_id integer, page_size integer default 30, skip integer default 0)
returns table (code text, name text, version integer, handed_in_at timestamptz, handed_in_by text, exception text, drift integer, is_own boolean, total integer)
language plpgsql stable security definer set search_path = '' as $$ -- definer: who handed in is hidden from the unit above otherwise
#variable_conflict use_column
begin
  if not private.sees_unit(in_unit_id, 'approval') then return; end if;
  return query
  with waiting as materialized (
    select unit.id, unit.code, unit.name, unit.path, report.version, (count(*) over ())::integer as total
    from private.reporting_units(of_period_id) due
    join public.reports report on report.period_id = of_period_id and report.unit_id = due.unit_id and report.state = 'handed_in'
    join public.units unit on unit.id = due.unit_id
    -- Who decides is the unit above as it stands today, as in require_approval_above().
    where unit.parent_id = in_unit_id
    order by unit.path limit least(greatest(page_size, 1), 50) offset greatest(skip, 0)
  )
  select waiting.code, waiting.name, waiting.version::integer, snapshot.handed_in_at, person.name, snapshot.exception,
    private.report_drift(of_period_id, waiting.id, waiting.version), snapshot.handed_in_by = auth.uid(), waiting.total
  from waiting
  join public.report_snapshots snapshot on snapshot.period_id = of_period_id and snapshot.unit_id = waiting.id and snapshot.version = waiting.version
  left join identity.accounts account on account.id = snapshot.handed_in_by
  left join public.persons person on person.id = account.person_id
  order by waiting.path;
end $$;

-- Approves the chosen reports, each by itself: one that is refused holds up no other. Returns the refused ones, with the code of
-- why; empty where all were approved.
create function public.approve_reports(of_period_id integer, unit_codes text[], versions integer[])
returns table (code text, name text, refusal text)
language plpgsql volatile security definer set search_path = '' as $$ -- definer: as decide_report(), which asks whose it is
#variable_conflict use_column
declare
  chosen record;
  drift integer;
begin
  if cardinality(unit_codes) <> cardinality(versions) or cardinality(unit_codes) > 50 then perform private.refuse(422, 'input_invalid'); end if;
  -- In one order, so that two who press at once wait for each other and do not block each other.
  for chosen in
    select unit.id, unit.name, pair.code, pair.version
    from unnest(unit_codes, versions) as pair (code, version) left join public.units unit on unit.code = pair.code
    order by unit.id, pair.code
  loop
    begin
      if chosen.id is null then perform private.refuse(404, 'report_unknown'); end if;
      perform private.require_approval_above(chosen.id);
      perform private.lock_report(of_period_id, chosen.id);
      if exists (select from public.report_snapshots snapshot where snapshot.period_id = of_period_id and snapshot.unit_id = chosen.id
        and snapshot.version = chosen.version and snapshot.exception is not null) then
        perform private.refuse(409, 'report_has_exception');
      end if;
      drift := private.report_drift(of_period_id, chosen.id, chosen.version);
      if drift is null or drift > 0 then perform private.refuse(409, 'report_drifted'); end if;
      perform public.decide_report(of_period_id, chosen.id, chosen.version, true);
    exception when sqlstate 'PT403' or sqlstate 'PT404' or sqlstate 'PT409' then
      code := chosen.code;
      name := coalesce(chosen.name, chosen.code);
      refusal := sqlerrm;
      return next;
    end;
  end loop;
end $$;
grant execute on function public.reports_to_approve(integer, integer, integer, integer), public.approve_reports(integer, text[], integer[]) to authenticated;
