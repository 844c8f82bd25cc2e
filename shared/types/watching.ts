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
  /** What the course brought beside its last lesson, in the reader's words; only where it was the last and the region has a rule for it. */
  course?: string
}

/** The same as the database answers it. */
export interface CourseEarned { ruleZh: string, ruleEn: string, rate: number, milliCredits: number, reason: string | null }

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
