-- Small numbers. Whoever reads figures without names (an inspector, a teacher, staff of a department) would learn something
-- about single people from a figure of 1 to 4. Such a figure is hidden, and so is one beside it wherever the first could be
-- found by subtraction. A unit's own chain, which sees the names anyway, sees every figure.

create type private.small_number_unit as (unit_id integer, parent_id integer, persons bigint, is_small boolean);

-- Which units of a tree are to be hidden: the one place of the rule. `is_small` says that the unit's figure (or any cell of a
-- figure that is shown as a whole, such as age by sex) is from 1 to 4. Going down from the top:
--   below a figure that is shown, one small child hides its smallest neighbour along with it; so do several whose sum is
--   itself small;
--   below a figure that is hidden, at least one child is hidden, or the children would add up to it.
-- Then every hidden figure may be larger or smaller by one with all sums that are shown unchanged: nothing can be computed.
-- A hidden neighbour looks like a small figure: told apart, the pair would give each other away.
create function private.hide_small(units private.small_number_unit[]) returns setof integer
language sql immutable set search_path = ''
begin atomic
  with recursive tree as (
    select * from unnest(units)
  ), walked as (
    select top.unit_id, top.is_small as is_hidden from tree top
    where not exists (select from tree above where above.unit_id = top.parent_id)
    union all
    select child.unit_id, child.is_small or (child.place = 1 and case
      when child.is_parent_hidden then child.smalls = 0 and child.persons > 0
      when child.smalls = 1 then true
      else child.smalls > 1 and child.hidden_sum < 5 and child.persons > 0 end)
    from (
      select one.unit_id, one.persons, one.is_small, walked.is_hidden as is_parent_hidden,
        count(*) filter (where one.is_small) over siblings as smalls,
        sum(one.persons) filter (where one.is_small) over siblings as hidden_sum,
        -- The neighbour that costs least: not hidden already, somebody in it, the smallest.
        row_number() over (partition by one.parent_id order by one.is_small, one.persons = 0, one.persons, one.unit_id) as place
      from walked join tree one on one.parent_id = walked.unit_id
      window siblings as (partition by one.parent_id)
    ) child
  )
  select walked.unit_id from walked where walked.is_hidden;
end;
