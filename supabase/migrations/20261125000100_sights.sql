-- What a post may see and do, as one list. A sight is granted along the tree: on the administration of the post's unit
-- and everything below it. Policies and functions ask private.my_units(sight); nothing else knows roles.
--
-- desk         opens the desk                 figures      sees counts
-- names        sees people by name            people       registers people, records and corrects what they took part in
-- network      edits units                    populations  hands in denominators
-- approval     approves what units below it hand in, closes periods
-- posts        grants posts and accounts      audit        reads the audit log

alter table public.post_roles add column sights text[] not null default '{desk}'
  check (sights <@ array['desk', 'figures', 'names', 'people', 'network', 'populations', 'approval', 'posts', 'audit']);
update public.post_roles role set sights = granted.sights
from (values
  ('manager', array['desk', 'figures', 'names', 'people', 'network', 'populations', 'approval']),
  ('head', array['desk', 'figures', 'names', 'people', 'network', 'populations', 'approval']),
  ('tutor', array['desk', 'figures', 'names', 'people']),
  ('teacher', array['desk', 'figures']),
  ('lecturer', array[]::text[]),
  ('publisher', array['desk']),
  ('department_staff', array['desk', 'figures']),
  ('inspector', array['desk', 'figures']),
  ('system_admin', array['desk', 'network']),
  ('security_admin', array['desk', 'posts']),
  ('auditor', array['desk', 'audit'])
) granted (role_id, sights) where granted.role_id = role.id;

-- A person registered twice: `merged_into` is the row it was merged into, `counts_as` the one at the end of that chain.
-- Both are null for a person who stands for itself. Facts keep the row they were recorded for; a person's history is that
-- of every row that counts as it, so a merge can be undone.
alter table public.persons
  add column merged_into bigint references public.persons on delete restrict,
  add column counts_as bigint references public.persons on delete restrict,
  add constraint persons_merged_counts_as_another check ((merged_into is null) = (counts_as is null)),
  add constraint persons_not_merged_with_itself check (merged_into <> id and counts_as <> id);
create index persons_merged_into_idx on public.persons (merged_into);
create index persons_counts_as_idx on public.persons (counts_as);

-- The person behind the request, or null. Definer: identity is closed to API roles.
create or replace function private.my_person_id() returns bigint
language sql stable security definer set search_path = ''
return (
  select coalesce(person.counts_as, person.id)
  from identity.accounts account join public.persons person on person.id = account.person_id
  where account.id = (select auth.uid()) and account.disabled_at is null
);

-- The subtrees in which the asking account holds a post today that grants the given sight.
create or replace function private.my_unit_paths(sight text) returns extensions.ltree[]
language sql stable security definer set search_path = ''
return (
  select coalesce(array_agg(distinct unit.path), '{}')
  from public.posts post
  join public.persons holder on holder.id = post.person_id
  join public.units unit on unit.id = private.administration_of(post.unit_id)
  join public.post_roles role on role.id = post.role_id
  where coalesce(holder.counts_as, holder.id) = private.my_person_id()
    and post.valid_from <= private.china_date(now())
    and (post.valid_to is null or post.valid_to >= private.china_date(now()))
    and my_unit_paths.sight = any (role.sights)
);

-- What the interface needs to know about the asking account: who, where from, which posts.
create or replace function public.who_am_i() returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object(
    'accountId', account.id,
    'phoneTail', right(account.phone, 4),
    'username', account.username,
    'person', case when person.id is not null then jsonb_build_object(
      'id', person.id, 'name', person.name, 'residence', residence.name) end,
    'posts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'role', role.id, 'roleZh', role.zh, 'roleEn', role.en, 'sights', role.sights,
        'unitId', unit.id, 'unitName', unit.name,
        'administrationId', private.administration_of(unit.id)) order by extensions.nlevel(unit.path), unit.id)
      from public.posts post
      join public.persons holder on holder.id = post.person_id
      join public.units unit on unit.id = post.unit_id
      join public.post_roles role on role.id = post.role_id
      where coalesce(holder.counts_as, holder.id) = person.id and post.valid_from <= private.china_date(now())
        and (post.valid_to is null or post.valid_to >= private.china_date(now()))), '[]'))
  from identity.accounts account
  left join public.persons signed_in on signed_in.id = account.person_id
  left join public.persons person on person.id = coalesce(signed_in.counts_as, signed_in.id)
  left join public.units residence on residence.id = person.residence_unit_id
  where account.id = (select auth.uid()) and account.disabled_at is null
);

alter table public.post_roles drop column opens_desk, drop column sees_figures, drop column sees_names;

-- Refuses whoever lacks a sight on a unit: the first line of every function that writes there with the rights of the owner.
create function private.require_sight(unit_id integer, sight text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not exists (
    select from public.units unit where unit.id = require_sight.unit_id
      and unit.path operator(extensions.<@) any (private.my_unit_paths(require_sight.sight))
  ) then
    perform private.refuse(403, 'unit_not_yours', jsonb_build_object('sight', require_sight.sight));
  end if;
end $$;
