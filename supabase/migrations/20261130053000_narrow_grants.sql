-- Which account entered, asked, decided or posted something is for the audit log and for functions of the desk that tell it by
-- name; a learner who reads the own line, or a visitor who reads a rule, is not told. No page reads these columns.
do $$
declare
  place record;
  reader text;
begin
  for place in
    select hidden.name, hidden.columns, string_agg(quote_ident(attribute.attname), ', ' order by attribute.attnum) as shown
    from (values
      ('credit_rule_versions', array['entered_by']), ('credit_awards', array['entered_by']), ('credit_point_terms', array['entered_by']),
      ('honour_schemes', array['entered_by']), ('recognition_bodies', array['entered_by']), ('recognition_pairs', array['entered_by']),
      ('class_registers', array['entered_by']), ('class_register_entries', array['entered_by']), ('corrections', array['by_account']),
      ('credit_applications', array['asked_by', 'asked_person_id', 'decided_by']), ('credit_corrections', array['asked_by', 'asked_person_id', 'decided_by']),
      ('credit_reratings', array['asked_by', 'decided_by', 'stamp']), ('credit_rerating_learners', array['listed']),
      ('credit_postings', array['posted_by']), ('credit_holds', array['ended_by']), ('credit_stock_moves', array['moved_by']),
      ('recognition_cases', array['double_reason']), ('recognition_events', array['by_account']),
      ('recognition_reviews', array['by_account', 'double_reason']), ('credentials', array['revoked_by', 'lifted_by']), ('recognition_doubts', array['asked_by', 'decided_by'])
    ) as hidden (name, columns)
    join pg_attribute attribute on attribute.attrelid = ('public.' || hidden.name)::regclass and attribute.attnum > 0 and not attribute.attisdropped
      and not attribute.attname = any (hidden.columns)
    group by hidden.name, hidden.columns
  loop
    foreach reader in array array['anon', 'authenticated'] loop
      if has_table_privilege(reader, 'public.' || place.name, 'select') then
        execute format('revoke select on public.%I from %I', place.name, reader);
        execute format('grant select (%s) on public.%I to %I', place.shown, place.name, reader);
      end if;
    end loop;
  end loop;
end $$;
