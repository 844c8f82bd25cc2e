import type { Reminder } from '~~/shared/types/periods'

interface Waiting extends Reminder { id: number, cipher: Buffer, keyId: number }

/** By day, every hour: whoever owes a step of a report is told once, by one text message for all units of a period; the desk shows it anyway. */
export const reportReminders = defineJob('report-reminders', { schedule: '10 9-17 * * *' }, async (_payload, { signal }) => {
  const sql = jobsSql()
  await sql`select private.take_report_reminders()`
  let [sent, unsent] = [0, 0]
  while (!signal.aborted) {
    const [text] = await sql<Waiting[]>`select id, cipher, key_id as "keyId", step, year, part, due_on::text as "dueOn", unit_name as "unitName", units from private.claim_reminder_text()`
    if (!text) break
    const isSent = await send(text)
    await sql`select private.settle_reminder_text(${text.id}, ${isSent})`
    if (isSent) sent++
    else unsent++
  }
  if (unsent) console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'report-reminders', error: `${unsent} reminders did not leave; each is tried three times` }))
  return { sent, unsent }
})

async function send(text: Waiting): Promise<boolean> {
  try {
    await smsSender().send(openContact('phone', text), reminderText(text))
    return true
  }
  catch { return false }
}
