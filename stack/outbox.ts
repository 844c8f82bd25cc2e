import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'

interface Message { phone: string, text: string }

/** Shows text messages on the operator's screen as they land in the outbox of an embedded portal. */
export function followOutbox(file: string): void {
  let read = sizeOf(file)
  setInterval(() => {
    const size = sizeOf(file)
    if (size < read) read = 0 // emptied by the operator
    if (size === read) return
    const bytes = bytesOf(file, read, size)
    const whole = bytes.lastIndexOf('\n') + 1
    for (const line of bytes.subarray(0, whole).toString().split('\n').filter(Boolean)) show(line)
    read += whole
  }, 500).unref()
}

function show(line: string): void {
  try {
    const { phone, text } = JSON.parse(line) as Message
    console.log(`  ✉ ${phone}  ${text}`)
  }
  catch { console.log(`  ✉ ${line}`) }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}

function bytesOf(file: string, from: number, to: number): Buffer {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(to - from)
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from))
  }
  finally { closeSync(handle) }
}
