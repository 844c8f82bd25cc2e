-- A cap is a number of whole minutes or of thousandths of credits, as its rule counts on its days. A cap keeps its unit, and a rule
-- never counts in another one on a day of the cap, whoever changes which of both: the rule editor, a version that is taken back, or a
-- re-rating. Both columns are whole numbers by their type.

alter table public.credit_caps add column basis text check (basis in ('minutes', 'event'));
update public.credit_caps cap set basis = coalesce((
  select version.basis from public.credit_rule_versions version where version.rule_id = cap.rule_id and version.in_force && cap.in_force order by version.in_force limit 1), 'minutes');
-- Before 20261202050000 a rule could change its unit below its caps, which then meant a thousandth of what was meant: such a cap ends with its unit.
update public.credit_caps cap set in_force = daterange(lower(cap.in_force), other.first_day)
from (
  select cap.id, min(lower(version.in_force)) as first_day
  from public.credit_caps cap join public.credit_rule_versions version on version.rule_id = cap.rule_id and version.in_force && cap.in_force and version.basis <> cap.basis
  group by cap.id
) other where other.id = cap.id;
alter table public.credit_caps alter column basis set not null;
comment on column public.credit_caps.basis is 'What its amount is of: minutes, or thousandths of credits for a rule by the event.';

-- A cap that is set, or split from one, has the unit of the rule on its first day.
create function private.name_unit_of_cap() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.basis := coalesce(new.basis, (
    select version.basis from public.credit_rule_versions version where version.rule_id = new.rule_id and version.in_force && new.in_force order by version.in_force limit 1), 'minutes');
  return new;
end $$;
create trigger credit_caps_name_unit before insert on public.credit_caps for each row execute function private.name_unit_of_cap();

create function private.keep_unit_of_caps() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- Versions and caps of one rule change one after the other.
  perform from public.credit_rules rule where rule.id = new.rule_id for no key update;
  if exists (select from public.credit_caps cap join public.credit_rule_versions version on version.rule_id = cap.rule_id and version.in_force && cap.in_force
      where cap.rule_id = new.rule_id and version.basis <> cap.basis) then
    perform private.refuse(409, 'caps_of_other_unit', '{"field": "basis"}');
  end if;
  return null;
end $$;
create trigger credit_caps_keep_unit after insert or update on public.credit_caps for each row execute function private.keep_unit_of_caps();
create trigger credit_rule_versions_keep_unit_of_caps after insert or update on public.credit_rule_versions for each row execute function private.keep_unit_of_caps();

-- A re-rating that would leave caps behind in another unit is refused when it is asked for, not when it is counted: whoever wants it
-- lifts the caps of these days first, by a re-rating as well, and sets them anew. A cap that is corrected over days on which the rule
-- counts now in one unit, now in the other, would be none.
create function private.refuse_rerating_of_other_unit() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.kind = 'rate' and exists (select from public.credit_caps cap where cap.rule_id = new.rule_id and cap.in_force && new.period and cap.basis <> new.basis) then
    perform private.refuse(409, 'caps_of_other_unit', '{"field": "basis"}');
  end if;
  if new.kind = 'cap' and new.cap_amount is not null and (select count(distinct version.basis) > 1 from public.credit_rule_versions version
      where version.rule_id = new.rule_id and version.in_force && new.period) then
    perform private.refuse(409, 'caps_of_other_unit', '{"field": "capAmount"}');
  end if;
  return new;
end $$;
create trigger credit_reratings_refuse_other_unit before insert on public.credit_reratings for each row execute function private.refuse_rerating_of_other_unit();

-- Takes back a version that is not in force yet; the one before goes on. Caps that were to begin with it and are of its unit go with it.
create or replace function public.withdraw_credit_rule(version_id integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  version public.credit_rule_versions;
  before_basis text;
  lifted integer;
begin
  perform private.require_sight(private.region_id(), 'approval');
  select * into version from public.credit_rule_versions one where one.id = version_id;
  perform from public.credit_rules rule where rule.id = version.rule_id for update;
  select * into version from public.credit_rule_versions one where one.id = version_id for update;
  if not found then perform private.refuse(404, 'version_unknown'); end if;
  if coalesce(lower(version.in_force) <= private.china_date(now()), true) then perform private.refuse(409, 'version_in_force'); end if;
  select before_.basis into before_basis from public.credit_rule_versions before_
    where before_.rule_id = version.rule_id and upper(before_.in_force) = lower(version.in_force);
  delete from public.credit_caps cap where cap.rule_id = version.rule_id and lower(cap.in_force) >= lower(version.in_force) and cap.basis <> before_basis;
  get diagnostics lifted = row_count;
  delete from public.credit_rule_versions where id = version.id;
  update public.credit_rule_versions before_ set in_force = daterange(lower(before_.in_force), upper(version.in_force))
    where before_.rule_id = version.rule_id and upper(before_.in_force) = lower(version.in_force);
  perform private.audit('credit_rule_withdrawn', 'credit_rule', version.rule_id, private.region_id(),
    jsonb_strip_nulls(jsonb_build_object('from', lower(version.in_force), 'capsLifted', nullif(lifted, 0))));
end $$;
