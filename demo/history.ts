// A year of learning in a village: who came to which meeting, and who studied which lessons at home.
import { type Day, yearOf } from './calendar.ts'
import type { Course, Lesson } from './catalogue.ts'
import { type AgeGroup, groupsOn } from './groups.ts'
import type { Village } from './network.ts'
import { ADULT_ENOUGH, ageIn, type Person } from './people.ts'
import type { Random } from './random.ts'
import type { Season, Session } from './sessions.ts'

export interface Attendance {
  person: Person
  session: Session
  role: 'learner' | 'guardian'
  guardian: Person | null
  status: 'attended' | 'absent'
  /** A later look at the paper list: the row is withdrawn, or its minutes were others. */
  correction: { status: 'corrected' | 'attended', minutes: number } | null
}
export interface Study {
  person: Person
  lesson: Lesson
  day: Day
  startMinute: number
  /** From opening to finishing. */
  minutes: number
  /** What counts of that as study. */
  studyMs: number
  /** Of a video; 0 of a text. */
  watchedMs: number
  channel: 'wechat_h5' | 'web'
  /** A video may be left before its end. */
  finished: boolean
}
interface Enrolment { person: Person, course: Course, day: Day, startMinute: number, completed: Study | null }

export interface History { attendances: Attendance[], studies: Study[], enrolments: Enrolment[] }

/** The reading speed by which private.finish_reading_at() measures. */
const CALM_CHARACTERS_PER_SECOND = 5

/** In minutes: nobody opens a lesson and finishes it within less. */
const SHORTEST_SITTING = 2

export interface Setting { random: Random, season: Season, catalogue: Course[], ageGroups: AgeGroup[], today: Day }

export function makeHistory(setting: Setting, village: Village, people: Person[], sessions: Session[]): History {
  const history: History = { attendances: [], studies: [], enrolments: [] }
  if (!village.reached) return history
  const { random, catalogue } = setting
  const reached = Math.floor(people.length * Math.min(0.95, village.reached / village.registered))
  // A person does one thing a day.
  const busy = new Map<Person, Set<Day>>(people.map(person => [person, new Set()]))
  const meetings = new Meetings(sessions, setting)
  for (const person of mostLikely(random, people, reached, setting)) {
    const studiesAtHome = person.isDemo || (person.account !== null && catalogue.length > 0 && random.chance(0.5))
    if (studiesAtHome) study(setting, person, busy.get(person)!, history)
    const visits = person.isDemo ? 6 : studiesAtHome && random.chance(0.35) ? 0 : 1 + repeats(random, 0.42)
    for (let visit = 0; visit < visits; visit++) meetings.visit(person, busy, history.attendances)
  }
  return history
}

/** Older people come more readily, people who work elsewhere seldom, babies never. The demo's own residents always. */
function mostLikely(random: Random, people: Person[], count: number, { today }: Setting): Person[] {
  const year = yearOf(today)
  const rank = (person: Person): number => {
    if (person.isDemo) return 2
    const age = ageIn(year, person)
    if (age < 4 || (age < ADULT_ENOUGH && !person.guardian)) return 0
    const away = person.memberships.some(({ group, to }) => group === 'rural_outgoing' && to === null)
    const readiness = (age >= 82 ? 0.6 : age >= 60 ? 1.9 : age >= 18 ? 1 : 0.8) * (away ? 0.25 : 1) * (person.sex === 'female' ? 1.15 : 1)
    return random.share() ** (1 / readiness)
  }
  return people.map(person => ({ person, rank: rank(person) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || a.person.id - b.person.id)
    .slice(0, count).map(({ person }) => person)
    .sort((a, b) => a.id - b.id)
}

/** How often something is done again, given how likely each next time is. */
function repeats(random: Random, likely: number): number {
  let times = 0
  while (times < 11 && random.chance(likely)) times++
  return times
}

class Meetings {
  private readonly open: Session[]
  private readonly byAudience: Map<string, Session[]>
  private readonly setting: Setting

  constructor(sessions: Session[], setting: Setting) {
    this.open = sessions.filter(({ topic }) => !topic.audience)
    this.byAudience = Map.groupBy(sessions.filter(({ topic }) => topic.audience), ({ topic }) => topic.audience!)
    this.setting = setting
  }

  visit(person: Person, busy: Map<Person, Set<Day>>, attendances: Attendance[]): void {
    const { random } = this.setting
    const session = this.choose(person, busy.get(person)!)
    if (!session) return
    busy.get(person)!.add(session.day)
    const guardian = isChildOn(session.day, person) ? person.guardian : null
    const attended = random.chance(0.98)
    attendances.push({ person, session, role: 'learner', guardian, status: attended ? 'attended' : 'absent',
      correction: attended && random.chance(0.006) ? this.correct(session) : null })
    if (!guardian || !attended || busy.get(guardian)!.has(session.day)) return
    busy.get(guardian)!.add(session.day)
    attendances.push({ person: guardian, session, role: 'guardian', guardian: null, status: 'attended', correction: null })
  }

  /** Half of the time what is meant for people like them; a few looks at the calendar, and then another time. */
  private choose(person: Person, busy: Set<Day>): Session | null {
    const { random, ageGroups, today } = this.setting
    const circles = [...groupsOn(person, today - 1, ageGroups), ...person.memberships.filter(({ to }) => to !== null).map(({ group }) => group)]
      .flatMap(group => this.byAudience.get(group) ?? [])
    for (let look = 0; look < 12; look++) {
      const from = circles.length && (random.chance(0.5) || !this.open.length) ? circles : this.open
      if (!from.length) return null
      const session = random.pick(from)
      if (busy.has(session.day) || person.registeredOn > session.day || (isChildOn(session.day, person) && !person.guardian)) continue
      const { audience } = session.topic
      if (audience ? groupsOn(person, session.day, ageGroups).includes(audience) : !isChildOn(session.day, person)) return session
    }
    return null
  }

  private correct(session: Session): Attendance['correction'] {
    return this.setting.random.chance(0.5)
      ? { status: 'corrected', minutes: session.minutes }
      : { status: 'attended', minutes: Math.max(30, session.minutes - 30) }
  }
}

function isChildOn(day: Day, person: Person): boolean { return ageIn(yearOf(day), person) < ADULT_ENOUGH }

function study({ random, season, catalogue, ageGroups, today }: Setting, person: Person, busy: Set<Day>, history: History): void {
  const groups = groupsOn(person, today - 1, ageGroups)
  const appeal = ({ audience, lessons }: Course) => (person.isDemo ? lessons.length : 1) * (
    audience.some(group => group !== 'resident' && groups.includes(group)) ? 4 : audience.includes('resident') ? 1.5 : 0.15)
  const joined = new Set<Course>()
  for (let courses = person.isDemo ? 3 : 1 + repeats(random, 0.4); courses > 0; courses--) {
    const course = random.weighted(catalogue, appeal)
    if (!course || joined.has(course)) continue
    joined.add(course)
    // The demo's own residents have a course behind them and others to go on with.
    const isFinished = person.isDemo ? joined.size === 1 : random.chance(0.55)
    const upTo = isFinished ? course.lessons.length : random.int(1, Math.max(1, course.lessons.length - 1))
    let day = Math.max(season.draw(random), person.account!.openedOn + 1)
    let enrolment: Enrolment | null = null
    let done = 0
    for (const lesson of course.lessons.slice(0, upTo)) {
      while (busy.has(day)) day++
      if (day >= today) break
      busy.add(day)
      const one = sitDown(random, person, lesson, day)
      history.studies.push(one)
      if (!enrolment) history.enrolments.push(enrolment = { person, course, day, startMinute: one.startMinute - random.int(1, 9), completed: null })
      if (++done === course.lessons.length) enrolment.completed = one
      day += random.int(1, 5)
    }
    const next = course.lessons[done]
    if (done > 0 && next?.media && day < today && !busy.has(day) && random.chance(0.6)) {
      busy.add(day)
      history.studies.push(leaveEarly(random, sitDown(random, person, next, day), next.media.durationMs))
    }
  }
}

/** One lesson at one go: in the evening mostly, at about its own length. */
function sitDown(random: Random, person: Person, lesson: Lesson, day: Day): Study {
  const { media, bodyLength } = lesson
  const longestMs = media ? media.durationMs * 2 : bodyLength / CALM_CHARACTERS_PER_SECOND * 1000
  const minutes = Math.max(SHORTEST_SITTING, Math.round((media ? media.durationMs * random.between(1, 1.4) : longestMs * random.between(0.6, 1.5)) / 60_000))
  return {
    person, lesson, day, minutes, finished: true, channel: random.chance(0.75) ? 'wechat_h5' : 'web',
    startMinute: random.chance(0.65) ? random.int(18 * 60 + 30, 21 * 60) : random.int(8 * 60, 16 * 60),
    studyMs: Math.round(Math.min(minutes * 60_000, longestMs)),
    watchedMs: media ? Math.round(random.between(media.requiredMs, media.durationMs)) : 0,
  }
}

function leaveEarly(random: Random, study: Study, durationMs: number): Study {
  const watchedMs = Math.round(durationMs * random.between(0.1, 0.5))
  return { ...study, watchedMs, studyMs: watchedMs, minutes: Math.max(1, Math.round(watchedMs / 60_000)), finished: false }
}
