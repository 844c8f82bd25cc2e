-- Minors (DOMAIN.md, 20; decision 38): where they may come by themselves, or where all are minors, two of the staff are named before it is
-- published, and nobody takes money of them.

alter table public.activities add column minors_staff text[] check (cardinality(minors_staff) between 1 and 4);
-- Whose child comes there may know who looks after it.
grant select (minors_staff) on public.activities to anon;

create function private.require_minors_staff(activity public.activities) returns void
language plpgsql stable set search_path = '' as $$
begin
  if activity.ages && int4range(0, 18) and (activity.minors = 'welcome' or activity.minors <> 'not' and upper(activity.ages) <= 18)
      and (select count(distinct one.name) from unnest(activity.minors_staff) as one (name)) < 2 then
    perform private.refuse(422, 'minors_staff_missing', '{"field": "minorsStaff"}');
  end if;
end $$;

-- {…, "minorsStaff": ["…", "…"]}
create or replace function private.activity_fields(activity public.activities, fields jsonb) returns public.activities
language plpgsql stable set search_path = '' as $$
declare
  youngest integer := coalesce((fields ->> 'youngest')::integer, 0);
  oldest integer := coalesce((fields ->> 'oldest')::integer, 120);
begin
  activity.title := trim(regexp_replace(fields ->> 'title', '\s+', ' ', 'g'));
  activity.kind := fields ->> 'kind';
  activity.form_id := fields ->> 'form';
  activity.category_id := fields ->> 'category';
  activity.summary := coalesce(trim(fields ->> 'summary'), '');
  activity.department := nullif(trim(fields ->> 'department'), '');
  activity.lecturer := nullif(trim(fields ->> 'lecturer'), '');
  activity.venue := coalesce(trim(fields ->> 'venue'), '');
  activity.room := nullif(trim(fields ->> 'room'), '');
  activity.contact_phone := nullif(trim(fields ->> 'phone'), '');
  activity.fee_fen := coalesce((fields ->> 'feeFen')::integer, 0);
  activity.fee_for := case when activity.fee_fen > 0 then nullif(trim(fields ->> 'feeFor'), '') end;
  activity.minors := coalesce(fields ->> 'minors', 'with_guardian');
  activity.minors_staff := nullif(array(select trim(one) from jsonb_array_elements_text(coalesce(fields -> 'minorsStaff', '[]')) as given (one) where trim(one) <> ''), '{}');
  activity.for_unit_id := (fields ->> 'forUnit')::integer;
  activity.for_groups := array(select jsonb_array_elements_text(coalesce(fields -> 'forGroups', '[]')));
  activity.sign_up := fields ->> 'signUp';
  activity.admission := coalesce(fields ->> 'admission', 'first_come');
  activity.opens_at := (fields ->> 'opensAt')::timestamptz;
  activity.closes_at := (fields ->> 'closesAt')::timestamptz;
  activity := private.activity_conditions(activity, fields);

  if (length(activity.title) between 2 and 60) is not true then perform private.refuse(422, 'activity_title_missing', '{"field": "title"}'); end if;
  if not exists (select from public.activity_forms form where form.id = activity.form_id) then perform private.refuse(422, 'activity_form_missing', '{"field": "form"}'); end if;
  if not exists (select from public.categories category where category.id = activity.category_id) then perform private.refuse(422, 'category_unknown', '{"field": "category"}'); end if;
  if youngest > oldest or youngest < 0 or oldest > 120 then perform private.refuse(422, 'ages_invalid', '{"field": "oldest"}'); end if;
  activity.ages := int4range(youngest, oldest + 1);
  if cardinality(activity.minors_staff) > 4 or exists (select from unnest(activity.minors_staff) as one (name) where length(one.name) not between 2 and 20) then
    perform private.refuse(422, 'minors_staff_invalid', '{"field": "minorsStaff"}');
  end if;
  -- Minors come free of charge (DOMAIN.md, 20): what is for them alone takes no money, and elsewhere they do not pay.
  if activity.fee_fen > 0 and activity.minors <> 'not' and oldest < 18 then perform private.refuse(422, 'fee_of_minors', '{"field": "fee"}'); end if;
  if activity.fee_fen > 0 and activity.fee_for is null then perform private.refuse(422, 'fee_reason_missing', '{"field": "feeFor"}'); end if;
  if activity.admission = 'draw' and activity.sign_up <> 'none' and activity.closes_at is null then perform private.refuse(422, 'draw_window_missing', '{"field": "closesAt"}'); end if;
  if activity.closes_at <= activity.opens_at then perform private.refuse(422, 'window_invalid', '{"field": "closesAt"}'); end if;
  if activity.for_unit_id is not null and not exists (select from public.units unit where unit.id = activity.for_unit_id and unit.kind_id = 'administration') then
    perform private.refuse(422, 'unit_unknown', '{"field": "forUnit"}');
  end if;
  if exists (select from unnest(activity.for_groups) as one (id) where not exists (select from public.population_groups known where known.id = one.id)) then
    perform private.refuse(422, 'group_unknown', '{"field": "forGroups"}');
  end if;
  return activity;
end $$;

create or replace function private.require_publishable(activity public.activities) returns void
language plpgsql stable set search_path = '' as $$
begin
  if activity.venue = '' then perform private.refuse(422, 'venue_missing', '{"field": "venue"}'); end if;
  if activity.minors <> 'not' and activity.ages && int4range(0, 18) and activity.contact_phone is null then perform private.refuse(422, 'phone_missing', '{"field": "phone"}'); end if;
  perform private.require_minors_staff(activity);
  if not exists (select from public.activity_sessions one where one.activity_id = activity.id and one.starts_at > now()) then
    perform private.refuse(422, 'sessions_over', '{"field": "sessions"}');
  end if;
  perform private.require_draw_before_start(activity);
end $$;
