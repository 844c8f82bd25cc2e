import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Writes a file whole or not at all: a crash leaves what was there before. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  const part = `${file}.${process.pid}.part`
  try {
    const handle = openSync(part, 'w', mode)
    try {
      writeSync(handle, text)
      fsyncSync(handle)
    }
    finally { closeSync(handle) }
    renameSync(part, file)
  }
  catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}
