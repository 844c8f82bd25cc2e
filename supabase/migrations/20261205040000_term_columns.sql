-- A term from a spreadsheet says of an activity also what it costs, who may come and how they are let in.

create or replace function private.check_activities(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged join public.units host on host.id = staged.host_unit_id
  cross join lateral (
    select 'host' as field, 'import_unit_outside' as code, '{}'::jsonb as details where not host.path operator(extensions.<@) inside
    union all
    select 'host', 'import_unit_closed', jsonb_build_object('unit', host.name, 'closedOn', host.closed_on) where host.closed_on <= private.china_date(now())
    union all
    select 'date', 'import_session_past', '{}' where staged.started_at <= now()
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged set key = staged.host_unit_id || ':' || private.text_key(staged.name)
  where staged.import_id = of_import.id and staged.state <> 'refused';

  -- What is said of an activity is the same in each of its rows; and it has an end.
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, twice.line, 'title', 'import_activity_differs', jsonb_build_object('line', twice.first_line), false
  from (
    -- Who may come and what it costs may be left out in later rows; what is written there is the same.
    select line, array[category_id, kind, form, details ->> 'signUp'] || conditions as said, first_value(array[category_id, kind, form, details ->> 'signUp'] || conditions) over same as first_said,
      first_value(line) over same as first_line
    from (
      select staged.*, array(select coalesce(staged.details ->> one.field, first.details ->> one.field)
        from unnest(array['feeFen', 'feeFor', 'youngest', 'oldest', 'minors', 'minorsStaff', 'admission', 'opensAt', 'closesAt']) with ordinality as one (field, place) order by one.place) as conditions
      from private.import_rows staged join (
        select distinct on (head.key) head.key, head.details from private.import_rows head where head.import_id = of_import.id and head.state <> 'refused' order by head.key, head.line
      ) first on first.key = staged.key
      where staged.import_id = of_import.id and staged.state <> 'refused'
    ) known window same as (partition by key order by line)
  ) twice where twice.said is distinct from twice.first_said;
  insert into private.import_refusals (import_id, line, field, code, by_file)
  select of_import.id, counted.line, 'title', 'import_sessions_too_many', false
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows where import_rows.import_id = of_import.id and state <> 'refused') counted
  where counted.nth > 120;
  perform private.refuse_rows(of_import.id);

  update private.import_rows staged set state = 'repeated'
  from (select line, row_number() over (partition by key, started_at order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line and counted.nth > 1;
  update private.import_rows staged set state = 'known'
  where staged.import_id = of_import.id and staged.state = 'read' and exists (
    select from public.activities known join public.activity_sessions session on session.activity_id = known.id and session.starts_at = staged.started_at and session.cancelled_at is null
    where known.host_unit_id = staged.host_unit_id and known.status <> 'cancelled' and private.text_key(known.title) = private.text_key(staged.name));
  -- Of an activity that is planned already, further sessions are added there: a second one of the same name would be no help.
  insert into private.import_refusals (import_id, line, field, code, by_file)
  select of_import.id, staged.line, 'title', 'import_activity_planned', false
  from private.import_rows staged
  where staged.import_id = of_import.id and staged.state = 'read'
    and exists (select from private.import_rows mate where mate.import_id = of_import.id and mate.key = staged.key and mate.state = 'known');
  perform private.refuse_rows(of_import.id);
end $$;
