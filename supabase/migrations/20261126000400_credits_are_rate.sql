-- Where nothing was taken back, live credits under a version are exactly the whole part of all live minutes times the rate,
-- whatever the order of arrival and however short the lessons were.
create function private.credit_faults_of_rates() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  select 'credits_are_rate', concat_ws(':', total.person_id, total.rule_version_id)
  from public.credit_rule_totals total
  join public.credit_rule_versions version on version.id = total.rule_version_id and version.basis = 'minutes'
  left join (
    select distinct award.person_id, award.rule_version_id from public.credit_postings reversal
    join public.credit_postings award on award.id = reversal.reverses
  ) taken_back on taken_back.person_id = total.person_id and taken_back.rule_version_id = total.rule_version_id
  where taken_back.person_id is null and total.milli_credits <> total.minutes * version.milli_credits / version.per_minutes;
end;
