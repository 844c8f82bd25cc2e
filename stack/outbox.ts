import { existsSync, readFileSync, statSync } from 'node:fs'

interface Message { phone: string, text: string }

/** Shows text messages on the operator's screen as they land in the outbox of an embedded portal. */
export function followOutbox(file: string): void {
  let read = existsSync(file) ? statSync(file).size : 0
  setInterval(() => {
    if (!existsSync(file) || statSync(file).size <= read) return
    const bytes = readFileSync(file)
    const whole = bytes.lastIndexOf('\n') + 1
    for (const line of bytes.subarray(read, whole).toString().split('\n').filter(Boolean)) {
      const { phone, text } = JSON.parse(line) as Message
      console.log(`  ✉ ${phone}  ${text}`)
    }
    read = whole
  }, 500).unref()
}
