import type { Range } from '../utils/played-ranges'

/** What finishing a lesson brought, and why this much. */
export interface Earned {
  lessonTitle: string
  courseTitle: string
  milliCredits: number
  minutes: number
  milliCreditsPerMinute: number
  ruleZh: string
  ruleEn: string
  balanceMilliCredits: number
  courseCompleted: boolean
}

/** Where a learner stands in a video, in media milliseconds. */
export interface WatchProgress {
  watchedMs: number
  durationMs: number
  requiredMs: number
  missing: Range[]
  completed: boolean
  earned?: Earned | null
}

export interface OpenedWatch extends WatchProgress {
  watchId: string
  positionMs: number
  supersededDevice: string | null
}
