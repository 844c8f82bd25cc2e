-- Photos of signed sheets, kept as evidence of what was entered from paper: sealed like certificates, shown to staff of the host, each look written down.
create table private.sheet_files (
  id uuid primary key,
  session_id bigint not null references public.activity_sessions on delete restrict,
  kind text not null check (kind in ('image/jpeg', 'image/png', 'image/webp')),
  bytes integer not null check (bytes between 1 and 5242880),
  cipher bytea not null,
  key_id smallint not null,
  lookup bytea not null,
  digest bytea not null,
  uploaded_by uuid,
  uploaded_at timestamptz not null default clock_timestamp(),
  constraint sheet_files_once unique (session_id, lookup)
);
create index sheet_files_key_id_idx on private.sheet_files (key_id, id);
alter table private.sheet_files alter column cipher set storage external;

-- Keeps a photo of a session's sheet; the same one again is the one that is there.
create function public.keep_sheet(of_session_id bigint, file jsonb) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  kept_id uuid;
begin
  if (select count(*) from private.sheet_files kept where kept.session_id = session.id) >= 20 then perform private.refuse(409, 'sheets_too_many', '{"field": "photo"}'); end if;
  insert into private.sheet_files (id, session_id, kind, bytes, cipher, key_id, lookup, digest, uploaded_by)
  values ((file ->> 'id')::uuid, session.id, file ->> 'kind', (file ->> 'bytes')::integer, decode(file ->> 'cipher', 'base64'), (file ->> 'keyId')::smallint, decode(file ->> 'lookup', 'hex'), decode(file ->> 'digest', 'base64'), auth.uid())
  on conflict on constraint sheet_files_once do nothing returning id into kept_id;
  if kept_id is null then
    select kept.id into strict kept_id from private.sheet_files kept where kept.session_id = session.id and kept.lookup = decode(file ->> 'lookup', 'hex');
  else
    perform private.audit('sheet_kept', 'activity_session', session.id::text, (select one.host_unit_id from public.activities one where one.id = session.activity_id));
  end if;
  return kept_id;
end $$;

create function public.sheets_of_session(of_session_id bigint) returns table (id uuid, bytes integer, uploaded_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  select kept.id, kept.bytes, kept.uploaded_at from private.sheet_files kept join public.activity_sessions session on session.id = kept.session_id
  join public.activities activity on activity.id = session.activity_id and activity.host_unit_id in (select private.my_units('people'))
  where kept.session_id = of_session_id order by kept.uploaded_at;
end $$;

create function public.open_sheet(of_session_id bigint, file_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  kept private.sheet_files;
  host_id integer;
begin
  select activity.host_unit_id into host_id from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
  where session.id = of_session_id and activity.host_unit_id in (select private.my_units('people'));
  select * into kept from private.sheet_files one where one.id = file_id and one.session_id = of_session_id;
  if host_id is null or kept.id is null then perform private.refuse(404, 'file_unknown'); end if;
  perform private.audit('sheet_seen', 'activity_session', of_session_id::text, host_id);
  return jsonb_build_object('kind', kept.kind, 'cipher', encode(kept.cipher, 'base64'), 'keyId', kept.key_id);
end $$;

grant execute on function public.keep_sheet(bigint, jsonb), public.sheets_of_session(bigint), public.open_sheet(bigint, uuid) to authenticated;
