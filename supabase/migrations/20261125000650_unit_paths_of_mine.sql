-- Every read of figures asks where the caller's posts are. Found from the person outwards, by index: asked post by post, whether
-- its holder is the caller cost a look-up of the account for each post of the region.
create or replace function private.my_unit_paths(sight text) returns extensions.ltree[]
language sql stable security definer set search_path = ''
return (
  with me as materialized (
    select private.my_person_id() as id
  ), holder as (
    select person.id from me join public.persons person on person.id = me.id
    union all
    select person.id from me join public.persons person on person.counts_as = me.id
  )
  select coalesce(array_agg(distinct unit.path), '{}')
  from holder
  join public.posts post on post.person_id = holder.id
  join public.units unit on unit.id = private.administration_of(post.unit_id)
  join public.post_roles role on role.id = post.role_id
  where post.valid_from <= private.china_date(now())
    and (post.valid_to is null or post.valid_to >= private.china_date(now()))
    and my_unit_paths.sight = any (role.sights)
    and not exists (select from identity.accounts account where account.id = (select auth.uid()) and account.must_change_password)
);
