import { z } from 'zod'

const WRONG = 'beats_invalid'
const Position = z.number(WRONG).int(WRONG).min(0, WRONG).max(86_400_000, WRONG)

export const Beats = z.object({
  beats: z.array(z.object({
    seq: z.number(WRONG).int(WRONG).positive(WRONG).max(50_000, WRONG),
    ranges: z.array(z.tuple([Position, Position], WRONG), WRONG).max(200, WRONG),
    rate: z.number(WRONG).min(0.5, WRONG).max(2, WRONG),
    positionMs: Position,
  }, WRONG), WRONG).min(1, WRONG).max(100, WRONG),
})

export const LessonId = z.object({ id: z.coerce.number().int().positive() })
export const WatchId = z.object({ id: z.uuid() })
