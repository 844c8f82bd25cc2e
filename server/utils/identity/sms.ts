import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** How a text message leaves the portal. */
export interface SmsSender { send(phone: string, text: string): Promise<void> }

/** The configured gateway, else the outbox on disk. */
export function smsSender(): SmsSender {
  return portalSettings().sms ? gateway : outbox
}

/** Writes to `<data>/outbox/sms.jsonl`, readable by the operator only. */
const outbox: SmsSender = {
  async send(phone, text) {
    const folder = join(portalSettings().dataDir, 'outbox')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await appendFile(join(folder, 'sms.jsonl'), `${JSON.stringify({ phone, text, at: new Date().toISOString() })}\n`, { mode: 0o600 })
  },
}

/** Any gateway that takes `POST { phone, text }` with a bearer token and answers 2xx (docs/deploy.md). */
const gateway: SmsSender = {
  async send(phone, text) {
    const { url, token } = portalSettings().sms!
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ phone, text }),
      signal: AbortSignal.timeout(8_000),
    }).catch(() => null)
    if (!answer?.ok) throw refusal(502, 'sms_not_sent')
  },
}
