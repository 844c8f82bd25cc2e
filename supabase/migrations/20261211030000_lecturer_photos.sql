-- A lecturer's photo, with their consent, on the list that everybody reads. It lies in the database and not among the files that are kept for good: taken
-- down, or no longer listed, it is gone.

create table public.lecturer_photos (
  lecturer_id integer primary key references public.lecturers on delete cascade,
  image bytea not null check (octet_length(image) between 100 and 307200),
  type text not null check (type in ('image/jpeg', 'image/png', 'image/webp')),
  sha256 text not null generated always as (encode(sha256(image), 'hex')) stored,
  agreed_at timestamptz not null default clock_timestamp(),
  entered_by uuid
);
alter table public.lecturer_photos enable row level security;
-- The picture itself is asked for as a visitor, of those who are listed (lecturer_photo).
grant select (lecturer_id, image, type, sha256) on public.lecturer_photos to anon;
grant select (lecturer_id, type, sha256) on public.lecturer_photos to authenticated;
create policy "Visitors see photos of listed lecturers" on public.lecturer_photos for select to anon using (exists (select from public.lecturers one where one.id = lecturer_id));
create policy "Accounts see photos of lecturers they read" on public.lecturer_photos for select to authenticated using (exists (select from public.lecturers one where one.id = lecturer_id));

-- Puts a photo beside a listed lecturer who agreed to it, in the place of the one before; none takes it down.
create function public.set_lecturer_photo(of_lecturer_id integer, image text, type text, agreed boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  lecturer public.lecturers;
  picture bytea;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into lecturer from public.lecturers one where one.id = of_lecturer_id for update;
  if not found then perform private.refuse(404, 'lecturer_unknown'); end if;
  perform private.require_sight(lecturer.unit_id, 'activities');
  if set_lecturer_photo.image is null then
    delete from public.lecturer_photos photo where photo.lecturer_id = lecturer.id;
  else
    if lecturer.ended_on is not null then perform private.refuse(409, 'lecturer_ended'); end if;
    if lecturer.listed_at is null then perform private.refuse(409, 'lecturer_unlisted', '{"field": "photo"}'); end if;
    if set_lecturer_photo.agreed is not true then perform private.refuse(422, 'portrait_consent_missing', '{"field": "agreed"}'); end if;
    begin
      picture := decode(set_lecturer_photo.image, 'base64');
    exception when invalid_parameter_value then picture := null;
    end;
    if (octet_length(picture) between 100 and 307200 and set_lecturer_photo.type in ('image/jpeg', 'image/png', 'image/webp')) is not true then
      perform private.refuse(422, 'photo_invalid', '{"field": "photo"}');
    end if;
    insert into public.lecturer_photos as photo (lecturer_id, image, type, entered_by) values (lecturer.id, picture, set_lecturer_photo.type, auth.uid())
    on conflict (lecturer_id) do update set image = excluded.image, type = excluded.type, agreed_at = excluded.agreed_at, entered_by = excluded.entered_by;
  end if;
  perform private.audit('lecturer_photo_set', 'lecturer', lecturer.id::text, lecturer.unit_id, jsonb_build_object('consent', set_lecturer_photo.image is not null));
end $$;

-- Whoever is listed no more has no photo.
create function private.drop_lecturer_photo() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.lecturer_photos photo where photo.lecturer_id = new.id;
  return null;
end $$;
create trigger lecturers_drop_photo after update on public.lecturers for each row when (new.listed_at is null or new.ended_on is not null) execute function private.drop_lecturer_photo();

create function public.lecturer_photo(of_lecturer_id integer) returns table (type text, image text, sha256 text)
language sql stable set search_path = ''
begin atomic
  select photo.type, translate(encode(photo.image, 'base64'), E'\n', ''), photo.sha256 from public.lecturer_photos photo join public.lecturers one on one.id = photo.lecturer_id
  where one.id = of_lecturer_id and one.listed_at is not null and one.ended_on is null;
end;

-- As before, with which photo there is.
drop function public.lecturers_at_desk(text), public.find_lecturers(text, text, integer, integer);
create function public.lecturers_at_desk(query text default '') returns table (id integer, unit_code text, unit text, name text, title text, workplace text, topics text, categories text[], availability text, phone text,
  is_listed boolean, version integer, keeps boolean, may_end boolean, asked integer, talks integer, photo text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not exists (select from private.my_units('activities')) then perform private.refuse(403, 'post_lacks_sight'); end if;
  return query
  select one.id, team.code, team.name, one.name, one.title, one.workplace, one.topics, one.categories, one.availability, one.phone, one.listed_at is not null, one.version,
    one.unit_id in (select private.my_units('activities')), one.unit_id in (select private.my_units('approval')),
    (select count(*)::integer from public.lecturer_bookings booking where booking.lecturer_id = one.id and booking.status = 'asked' and upper(booking.during) > now()),
    (select count(*)::integer from public.lecturer_bookings booking where booking.lecturer_id = one.id and booking.status = 'done' and lower(booking.during) >= now() - interval '1 year'),
    (select left(photo.sha256, 12) from public.lecturer_photos photo where photo.lecturer_id = one.id)
  from public.lecturers one join public.units team on team.id = one.unit_id
  where one.ended_on is null and strpos(private.text_key(one.name || one.title || coalesce(one.workplace, '') || one.topics), private.text_key(lecturers_at_desk.query)) > 0
  order by one.name, one.id limit 500;
end $$;
create function public.find_lecturers(of_category_id text default null, query text default '', page_size integer default 24, skip integer default 0)
returns table (id integer, name text, title text, workplace text, topics text, categories text[], availability text, unit_code text, unit text, total integer, photo text)
language sql stable set search_path = ''
begin atomic
  select one.id, one.name, one.title, one.workplace, one.topics, one.categories, one.availability, team.code, team.name, (count(*) over ())::integer,
    (select left(photo.sha256, 12) from public.lecturer_photos photo where photo.lecturer_id = one.id)
  from public.lecturers one join public.units team on team.id = one.unit_id
  where one.listed_at is not null and one.ended_on is null and (of_category_id is null or of_category_id = any (one.categories))
    and strpos(private.text_key(one.name || one.title || coalesce(one.workplace, '') || one.topics), private.text_key(find_lecturers.query)) > 0
  order by one.name, one.id limit least(greatest(page_size, 1), 50) offset greatest(skip, 0);
end;

grant execute on function public.find_lecturers(text, text, integer, integer) to anon, authenticated;
grant execute on function public.lecturer_photo(integer) to anon;
grant execute on function public.set_lecturer_photo(integer, text, text, boolean), public.lecturers_at_desk(text) to authenticated;
