import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'

export interface Outcome { code: number | null, log: string[] }

/** Runs a command to its end. Returns its code and the last lines it said; `started` gets the process. */
export async function runCommand(command: string, args: string[], options: SpawnOptions = {}, started: (child: ChildProcess) => void = () => {}): Promise<Outcome> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  started(child)
  const log: string[] = []
  keepEnd(child, log, 40)
  const stop = () => child.kill()
  process.once('exit', stop)
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    return { code, log }
  }
  finally { process.off('exit', stop) }
}

/** Keeps the last lines of what a child says. */
export function keepEnd(child: ChildProcess, log: string[], lines: number): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log.push(...chunk.toString().split('\n').filter(Boolean))
      log.splice(0, log.length - lines)
    })
  }
}
