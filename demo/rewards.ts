import type postgres from 'postgres'

/** What a county's school gives for credits: name, in English, price in credits, stock, what it is good for. */
const SHELF = [
  ['honour', '“社区学习之星”荣誉卡', 'Community learning star card', 5, 50, '在本校领取，写上您的名字'],
  ['reading_pass', '图书室阅览证（一年）', 'Reading room pass (one year)', 0.5, 30, '从领取那天起一年，凭证借阅'],
  ['priority_seat', '名师讲座前排席位', 'Front seat at a lecture', 0.2, 12, '报上名的讲座，前两排给您留座'],
  ['venue_hour', '舞蹈室使用一小时', 'An hour in the dance room', 1, 20, '先打电话约时间，周一不开门'],
  ['certificate_print', '学习证书打印装裱', 'Learning certificate, printed and framed', 0.1, 100, '您已经获得的任何一张证书'],
] as const

/** Fills the shelves of the counties' colleges at a moment, with the first line of each stock's history. */
export async function stockShelves(sql: postgres.TransactionSql, moment: string): Promise<void> {
  for (const [kind, zh, en, credits, stock, about] of SHELF) {
    await sql`
      with added as (
        insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits, in_stock, stock_seq, about)
        select id, ${kind}, ${zh}, ${en}, ${credits * 1000}, ${stock}, 1, ${about} from public.units where kind_id = 'community_college' order by path
        returning id
      ) insert into public.credit_stock_moves (item_id, seq, amount, after, moved_at) select id, 1, ${stock}, ${stock}, ${moment} from added`
  }
}
