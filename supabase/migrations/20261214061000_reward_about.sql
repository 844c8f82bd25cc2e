-- What one gets for a reward, and what it is good for (which room, which activity, until when), can be said.
alter table public.credit_items add column about text not null default '' check (length(about) <= 200);

drop function public.add_reward(integer, text, text, text, bigint, integer, boolean, integer);
drop function public.save_reward(integer, integer, text, text, text, bigint, integer, boolean);

-- As before, with what is said about it.
create function public.save_reward(item_id integer, of_unit_id integer, kind text, zh text, en text, price_milli_credits bigint, hold_days integer,
  offered boolean, about text default '') returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  item public.credit_items;
begin
  perform private.require_sight(of_unit_id, 'approval');
  if save_reward.item_id is not null then
    select * into item from public.credit_items one where one.id = save_reward.item_id for update;
    if not found then perform private.refuse(404, 'reward_unknown'); end if;
    if item.unit_id <> of_unit_id then perform private.require_sight(item.unit_id, 'approval'); end if;
  end if;
  if (save_reward.kind in ('honour', 'priority_seat', 'venue_hour', 'reading_pass', 'certificate_print')) is not true then
    perform private.refuse(422, 'kind_missing', '{"field": "kind"}');
  end if;
  if (length(trim(save_reward.zh)) between 1 and 60) is not true then perform private.refuse(422, 'name_missing', '{"field": "zh"}'); end if;
  if (length(trim(save_reward.en)) between 1 and 120) is not true then perform private.refuse(422, 'name_missing', '{"field": "en"}'); end if;
  if length(coalesce(save_reward.about, '')) > 200 then perform private.refuse(422, 'about_long', '{"field": "about"}'); end if;
  if (save_reward.price_milli_credits between 1 and 100000000) is not true then perform private.refuse(422, 'price_invalid', '{"field": "price"}'); end if;
  if (save_reward.hold_days between 1 and 60) is not true then perform private.refuse(422, 'days_invalid', '{"field": "holdDays"}'); end if;
  if item.id is null then
    insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits, hold_days, offered, about)
    values (of_unit_id, save_reward.kind, trim(save_reward.zh), trim(save_reward.en), save_reward.price_milli_credits, save_reward.hold_days,
      coalesce(save_reward.offered, true), trim(coalesce(save_reward.about, ''))) returning * into item;
  else
    update public.credit_items one set unit_id = of_unit_id, kind = save_reward.kind, zh = trim(save_reward.zh), en = trim(save_reward.en),
      price_milli_credits = save_reward.price_milli_credits, hold_days = save_reward.hold_days, offered = coalesce(save_reward.offered, true),
      about = trim(coalesce(save_reward.about, ''))
      where one.id = item.id;
  end if;
  perform private.audit('reward_saved', 'credit_item', item.id::text, of_unit_id,
    jsonb_build_object('name', trim(save_reward.zh), 'price', save_reward.price_milli_credits, 'offered', coalesce(save_reward.offered, true)));
  return item.id;
end $$;
grant execute on function public.save_reward(integer, integer, text, text, text, bigint, integer, boolean, text) to authenticated;

create function public.add_reward(of_unit_id integer, kind text, zh text, en text, price_milli_credits bigint, hold_days integer, offered boolean,
  in_stock integer, about text default '') returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  item_id integer := public.save_reward(null, of_unit_id, kind, zh, en, price_milli_credits, hold_days, offered, about);
begin
  perform public.set_reward_stock(item_id, add_reward.in_stock, 0);
  return item_id;
end $$;
grant execute on function public.add_reward(integer, text, text, text, bigint, integer, boolean, integer, text) to authenticated;

-- As before; whoever hands it over reads what it is good for.
create or replace function public.collect_reward(code text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  hold public.credit_holds;
  item public.credit_items;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  -- A code that was used a moment ago is answered as such, not as unknown: the desk may have tapped twice.
  select kept.* into hold from public.credit_holds kept join public.credit_items one on one.id = kept.item_id
    where kept.code = collect_reward.code and one.unit_id in (select private.my_units('desk')) order by kept.status = 'held' desc, kept.id desc limit 1;
  if not found then perform private.refuse(404, 'hold_unknown', '{"field": "code"}'); end if;
  select * into item from public.credit_items one where one.id = hold.item_id;
  if hold.status <> 'held' then perform private.refuse(409, 'hold_over', jsonb_build_object('field', 'code', 'status', hold.status)); end if;
  perform private.end_hold(hold.id, 'collected');
  perform private.audit('reward_collected', 'credit_hold', hold.id::text, item.unit_id, jsonb_build_object('item', item.zh));
  return jsonb_build_object('zh', item.zh, 'en', item.en, 'kind', item.kind, 'about', item.about);
end $$;
