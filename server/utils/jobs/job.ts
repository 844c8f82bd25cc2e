export interface JobOptions {
  /** Five fields of cron, by the clock of Asia/Shanghai; for jobs without a payload. */
  schedule?: string
  /** How often a run that failed or was cut off is tried again; 3 where nothing is said. */
  retries?: number
}

export interface Run {
  /** Says that the server is going down. */
  signal: AbortSignal
  /** Whether a failure is the end of it. */
  isLastTry: boolean
}

export interface Job<Payload extends object = object> extends JobOptions {
  name: string
  /** Must bear to be run again after it was cut off anywhere. */
  run: (payload: Payload, how: Run) => Promise<unknown>
}

/** Slow or nightly work of the server. Listed in server/jobs/index.ts, started by its schedule or by `startJob`. */
export function defineJob<Payload extends object>(name: string, options: JobOptions, run: Job<Payload>['run']): Job<Payload> {
  return { ...options, name, run }
}
