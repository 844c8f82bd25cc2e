-- What coming to the next session of an activity would earn the asker, by the same worth that confirming it posts. Null for whoever has no person,
-- and where there is no session to come.
create function public.activity_credit_ahead(activity_code text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  next public.activity_sessions;
begin
  if private.my_person_id() is null then return null; end if;
  select session.* into next from public.activities activity join public.activity_sessions session on session.activity_id = activity.id and session.cancelled_at is null and session.ends_at > now()
  where activity.code = activity_code and activity.status = 'published' order by session.starts_at limit 1;
  if not found then return null; end if;
  return private.credit_ahead(private.my_person_id(), 'attendance', private.china_date(next.starts_at), (extract(epoch from next.ends_at - next.starts_at) / 60)::integer, 1);
end $$;
grant execute on function public.activity_credit_ahead(text) to authenticated;
