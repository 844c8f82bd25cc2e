import type { CreditSaid } from './credits'

/** What a card of the catalogue shows. */
export interface CourseCard {
  slug: string
  kind: 'course' | 'micro_lecture'
  title: string
  summary: string
  category: { id: string, name: string, tone: string }
  madeBy: string
  minutes: number
  lessons: number
  poster: string | null
  firstLesson: string | null
  /** What it would bring the reader, where a list says it. */
  credit?: string | null
}

interface Neighbour { slug: string, title: string }

/** A lesson as its page shows it. */
export interface LessonContent {
  course: { slug: string, kind: CourseCard['kind'], title: string, category: CourseCard['category'], lessons: number }
  id: number
  slug: string
  /** Its place in the course, from 1. */
  number: number
  kind: 'video' | 'text'
  title: string
  summary: string
  bodyHtml: string
  minutes: number
  watchedShare: number
  credit: CreditSaid | null
  media: { sha256: string, poster: string | null, captions: string | null, durationMs: number } | null
  previous: Neighbour | null
  next: Neighbour | null
  /** Null for a visitor. */
  mine: { enrolled: boolean, completedAt: string | null, share: number, startAtMs: number } | null
}

/** A course that somebody has joined. */
export interface MyCourse {
  slug: string
  title: string
  category: CourseCard['category']
  poster: string | null
  lessons: number
  done: number
  isPublished: boolean
  next: Neighbour | null
  completedAt: string | null
}
