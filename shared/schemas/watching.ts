import { z } from 'zod'

const Position = z.number().int('beats_invalid').min(0, 'beats_invalid').max(86_400_000, 'beats_invalid')

export const Beats = z.object({
  beats: z.array(z.object({
    seq: z.number().int('beats_invalid').positive('beats_invalid').max(1_000_000, 'beats_invalid'),
    ranges: z.array(z.tuple([Position, Position])).max(200, 'beats_invalid'),
    rate: z.number().min(0.25, 'beats_invalid').max(4, 'beats_invalid'),
    positionMs: Position,
  }), 'beats_invalid').min(1, 'beats_invalid').max(100, 'beats_invalid'),
})

export const LessonId = z.object({ id: z.coerce.number().int().positive() })
export const WatchId = z.object({ id: z.uuid() })
