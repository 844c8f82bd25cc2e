-- Who did what at the desk: one row per act that changes or reveals something about people, units, figures or posts.
-- Append-only. Details carry ids and codes, never names, phone or ID numbers.

create table public.audit_events (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  account_id uuid,
  action text not null check (action ~ '^[a-z]+(_[a-z]+)*$'),
  subject_kind text not null check (subject_kind ~ '^[a-z]+(_[a-z]+)*$'),
  subject_id text not null check (length(subject_id) <= 80),
  unit_id integer references public.units on delete restrict,
  details jsonb not null default '{}'
);
comment on column public.audit_events.unit_id is 'Where it happened: whoever reads the audit log of this unit sees it.';
create index audit_events_unit_id_idx on public.audit_events (unit_id, id desc);
create index audit_events_subject_idx on public.audit_events (subject_kind, subject_id);
create trigger audit_events_append_only before update or delete on public.audit_events
  for each row execute function private.refuse_change();
create trigger audit_events_not_truncated before truncate on public.audit_events
  for each statement execute function private.refuse_change();

alter table public.audit_events enable row level security;
grant select on public.audit_events to authenticated;
create policy "Audit events are read by auditors of the subtree" on public.audit_events for select to authenticated
  using (unit_id in (select private.my_units('audit')));

-- Writes one event as the asking account, in the transaction of the act itself.
create function private.audit(action text, subject_kind text, subject_id text, unit_id integer, details jsonb default '{}') returns void
language sql volatile set search_path = ''
begin atomic
  insert into public.audit_events (account_id, action, subject_kind, subject_id, unit_id, details)
  values (auth.uid(), audit.action, audit.subject_kind, audit.subject_id, audit.unit_id, audit.details);
end;

-- Jobs of the server (imports, folding of figures, nightly checks) come in as this role; what it may do is granted function
-- by function and table by table.
do $$ begin
  if not exists (select from pg_roles where rolname = 'job_server') then create role job_server nologin; end if;
end $$;
grant job_server to current_user;
grant usage on schema public, private, extensions to job_server;
