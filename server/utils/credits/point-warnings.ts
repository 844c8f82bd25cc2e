interface Warning { person_id: string, last_day: string, milli_points: string, cipher: Buffer | null, key_id: number | null }

const BATCH = 20

/** Sends a batch of warnings that wait by text message; each was taken before, so that it goes out once. */
export async function sendPointWarnings(): Promise<{ taken: number, sent: number, failed: number }> {
  const sql = jobsSql()
  const warnings = await sql<Warning[]>`select person_id, last_day::text, milli_points, cipher, key_id from private.take_point_warnings(${BATCH})`
  let [sent, failed] = [0, 0]
  for (const { person_id: person, last_day: day, milli_points: left, cipher, key_id: keyId } of warnings) {
    // Who has no number is told on the page alone; who has used them up, not at all.
    if (!cipher || !keyId || Number(left) <= 0) continue
    try {
      await smsSender().send(openContact('phone', { cipher, keyId }), pointWarningText(Number(left), day))
      sent++
    }
    catch (error) {
      failed++
      await sql`select private.point_warning_not_texted(${person}, ${day})`
      console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'point-warnings', error: `warning of ${day}: ${(error as { data?: { code?: string } }).data?.code ?? (error as Error).name}` }))
    }
  }
  return { taken: warnings.length, sent, failed }
}

/** The warning as a text message, in Chinese: nobody knows its reader's language. */
export function pointWarningText(milliPoints: number, lastDay: string): string {
  return `【邻学】${chineseBank('points.soon', { points: formatCredits(milliPoints), date: formatDate(lastDay, 'zh-CN') })} ${portalSettings().siteUrl}/credits/points`
}
