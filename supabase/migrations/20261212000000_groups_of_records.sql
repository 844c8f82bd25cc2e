-- The groups that a person belonged to on the day are on every record, sensitive ones too. Records are read row by row by whoever sees names; groups are
-- read through functions that ask for the sight of groups. Which account entered or confirmed it, its key, and which guardian came along nobody reads there.
revoke select on public.participations from authenticated;
grant select (id, person_id, kind, form, category_id, programme, course_id, lesson_id, organised, role, person_role, employment, residence_unit_id, area, host_unit_id,
  delivering_department, birth_year, sex, started_at, ended_at, year, in_vacation, hours, status, sign_in_method, with_guardian, guardian_consent, channel,
  fee_fen, for_profit, evidence_ids, venue_id, entry_source, entered_at, corrects, import_id) on public.participations to authenticated;
