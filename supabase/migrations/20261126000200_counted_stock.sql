-- Whoever counts a shelf says from which number: while they typed, a resident may have set one aside. What is offered and how
-- many there are are two acts, so changing a name never writes an older count back; a new item comes with its first count whole.

drop function public.set_reward_stock(integer, integer);
create function public.set_reward_stock(item_id integer, in_stock integer, counted_from integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  item public.credit_items;
begin
  select * into item from public.credit_items one where one.id = set_reward_stock.item_id for update;
  if not found then perform private.refuse(404, 'reward_unknown'); end if;
  perform private.require_sight(item.unit_id, 'approval');
  if (set_reward_stock.in_stock between 0 and 100000) is not true then perform private.refuse(422, 'stock_invalid', '{"field": "inStock"}'); end if;
  if set_reward_stock.in_stock = item.in_stock then return; end if;
  if counted_from is distinct from item.in_stock then
    perform private.refuse(409, 'stock_moved', jsonb_build_object('field', 'inStock', 'count', item.in_stock));
  end if;
  perform private.move_stock(item.id, set_reward_stock.in_stock - item.in_stock, null);
  perform private.audit('reward_stock_set', 'credit_item', item.id::text, item.unit_id,
    jsonb_build_object('from', item.in_stock, 'to', set_reward_stock.in_stock));
end $$;
grant execute on function public.set_reward_stock(integer, integer, integer) to authenticated;

-- Adds an item to the catalogue with its first count.
create function public.add_reward(of_unit_id integer, kind text, zh text, en text, price_milli_credits bigint, hold_days integer, offered boolean,
  in_stock integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  item_id integer := public.save_reward(null, of_unit_id, kind, zh, en, price_milli_credits, hold_days, offered);
begin
  perform public.set_reward_stock(item_id, add_reward.in_stock, 0);
  return item_id;
end $$;
grant execute on function public.add_reward(integer, text, text, text, bigint, integer, boolean, integer) to authenticated;
