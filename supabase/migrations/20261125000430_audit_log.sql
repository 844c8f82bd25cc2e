-- Reading the audit log: by day, action, account and subject, the newest first, a page at a time by id. Whoever audits must
-- know who acted, but not everybody's name: accounts are told by user name and post.

create index audit_events_at_idx on public.audit_events (at);
create index audit_events_account_id_idx on public.audit_events (account_id, id desc);

-- Definer: identity is closed to API roles. What it returns is what the policy of audit_events shows.
create function public.audit_log(in_unit_id integer, from_day date default null, to_day date default null, of_action text default null,
  of_username text default null, of_subject text default null, before_id bigint default null, page_size integer default 50)
returns table (event_id bigint, at timestamptz, username text, role_zh text, role_en text, action text, subject_kind text, subject_id text,
  unit_code text, unit_name text, details jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select event.id, event.at, coalesce(account.username, case when event.account_id is not null then left(event.account_id::text, 8) end),
    role.zh, role.en, event.action, event.subject_kind, event.subject_id, unit.code, unit.name, event.details
  from public.units inside
  join public.units unit on unit.path operator(extensions.<@) inside.path
  join public.audit_events event on event.unit_id = unit.id
  left join identity.accounts account on account.id = event.account_id
  left join lateral (
    select post_role.zh, post_role.en from public.posts post join public.post_roles post_role on post_role.id = post.role_id
    where post.person_id = account.person_id and private.china_date(event.at) between post.valid_from and coalesce(post.valid_to, 'infinity')
    order by post.id limit 1
  ) role on true
  where inside.id = in_unit_id and inside.path operator(extensions.<@) any ((select private.my_unit_paths('audit'))::extensions.ltree[])
    and (from_day is null or event.at >= from_day::timestamp at time zone 'Asia/Shanghai')
    and (to_day is null or event.at < (to_day + 1)::timestamp at time zone 'Asia/Shanghai')
    and (of_action is null or event.action = of_action)
    and (of_username is null or account.username = of_username)
    and (of_subject is null or event.subject_id = of_subject)
    and (before_id is null or event.id < before_id)
  order by event.id desc
  limit least(greatest(page_size, 1), 5000);
end;

-- A copy of the log that leaves the portal is an event of the log. Definer: it writes what accounts may only read.
create function public.note_audit_export(in_unit_id integer, filter jsonb, rows integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.require_sight(in_unit_id, 'audit');
  perform private.audit('audit_exported', 'unit', unit.code, unit.id, jsonb_build_object('filter', filter, 'rows', rows)) from public.units unit where unit.id = in_unit_id;
end $$;
grant execute on function public.audit_log(integer, date, date, text, text, text, bigint, integer), public.note_audit_export(integer, jsonb, integer) to authenticated;
