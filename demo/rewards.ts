import type postgres from 'postgres'

/** What a county's school gives for credits: name, in English, price in credits, stock. */
const SHELF = [
  ['honour', '“社区学习之星”荣誉卡', 'Community learning star card', 5, 50],
  ['reading_pass', '图书室阅览证（一年）', 'Reading room pass (one year)', 0.5, 30],
  ['priority_seat', '名师讲座前排席位', 'Front seat at a lecture', 0.2, 12],
  ['venue_hour', '舞蹈室使用一小时', 'An hour in the dance room', 1, 20],
  ['certificate_print', '学习证书打印装裱', 'Learning certificate, printed and framed', 0.1, 100],
] as const

/** Fills the shelves of the counties' colleges; stock comes by its own door, which keeps its history. */
export async function stockShelves(sql: postgres.TransactionSql): Promise<void> {
  for (const [kind, zh, en, credits, stock] of SHELF) {
    const added = await sql`
      insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits)
      select id, ${kind}, ${zh}, ${en}, ${credits * 1000} from public.units where kind_id = 'community_college' order by path
      returning id`
    for (const { id } of added) await sql`select private.move_stock(${id}, ${stock}, null)`
  }
}
