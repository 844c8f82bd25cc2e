-- What coming to an activity would earn is said to everybody before they sign up: to who has no person yet, and to visitors, as for
-- somebody without a history.
create function private.activity_ahead(of_person_id bigint, activity_code text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  next public.activity_sessions;
begin
  select session.* into next from public.activities activity join public.activity_sessions session on session.activity_id = activity.id and session.cancelled_at is null and session.ends_at > now()
  where activity.code = activity_code and activity.status = 'published' order by session.starts_at limit 1;
  if not found then return null; end if;
  return private.credit_ahead(of_person_id, 'attendance', private.china_date(next.starts_at), (extract(epoch from next.ends_at - next.starts_at) / 60)::integer, 1)
    || jsonb_build_object('isPersonal', of_person_id is not null);
end $$;

create or replace function public.activity_credit_ahead(activity_code text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  return private.activity_ahead(private.my_person_id(), activity_code);
end $$;

-- For visitors, whom the server answers: they call nothing themselves that runs with the rights of the owner.
create function private.activity_ahead_for_all(activity_code text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  return private.activity_ahead(null, activity_code);
end $$;
grant execute on function private.activity_ahead_for_all(text) to job_server;
