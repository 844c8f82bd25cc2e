// History as rows: participations with their snapshot of the day, and the credits that lessons earned.
import { type Day, isVacation, momentOf } from './calendar.ts'
import { RowsFor } from '../server/database/copy.ts'
import { type AgeGroup, groupsOn } from './groups.ts'
import type { Attendance, History, Study } from './history.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'
import type { Session } from './sessions.ts'
import type { Manager, Member } from './staff.ts'

/** The credit rules in force, by kind of course. */
export const CREDIT_RULES = { course: 'lesson_completed', micro_lecture: 'micro_lecture_completed' } as const

export class Facts {
  readonly participations = new RowsFor('public.participations', ['id', 'key', 'person_id', 'kind', 'form', 'category_id', 'programme', 'course_id',
    'lesson_id', 'organised', 'role', 'person_role', 'employment', 'residence_unit_id', 'area', 'host_unit_id', 'delivering_department', 'groups', 'birth_year',
    'sex', 'started_at', 'ended_at', 'in_vacation', 'hours', 'status', 'sign_in_method', 'confirmed_by', 'with_guardian', 'guardian_id', 'guardian_consent',
    'channel', 'entry_source', 'entered_by', 'entered_at', 'corrects'] as const)

  readonly enrolments = new RowsFor('public.enrolments', ['person_id', 'course_id', 'enrolled_at', 'completed_at'] as const)
  readonly completions = new RowsFor('public.lesson_completions', ['person_id', 'lesson_id', 'completed_at', 'grounds'] as const)
  readonly progress = new RowsFor('public.lesson_progress', ['person_id', 'lesson_id', 'media_id', 'watched', 'watched_ms', 'study_ms', 'position_ms', 'updated_at'] as const)
  readonly readings = new RowsFor('public.readings', ['person_id', 'lesson_id', 'opened_at', 'finished_at'] as const)
  /** What earned credits, for the ledger to post. */
  readonly awards = new RowsFor('demo_awards', ['key', 'participation_id', 'rule_id', 'minutes', 'posted_at'] as const)

  private participationId = 0
  private readonly ageGroups: AgeGroup[]
  private readonly today: Day

  constructor(ageGroups: AgeGroup[], today: Day) {
    this.ageGroups = ageGroups
    this.today = today
  }

  /** In the order things happened, person by person: ids grow with time. */
  add(random: Random, { attendances, studies, enrolments }: History, manager: Manager): void {
    const events = [...attendances.map(attendance => ({ ...timeOf(attendance.session), person: attendance.person, attendance, study: null })),
      ...studies.map(study => ({ ...timeOf(study), person: study.person, attendance: null, study }))]
      .sort((a, b) => a.person.id - b.person.id || a.day - b.day || a.startMinute - b.startMinute)
    for (const { attendance, study } of events) {
      if (attendance) this.attend(random, attendance, manager)
      else {
        this.follow(study)
        if (study.finished) this.complete(study)
      }
    }
    for (const { person, course, day, startMinute, completed } of enrolments) {
      this.enrolments.add({ person_id: person.id, course_id: course.id, enrolled_at: momentOf(day, startMinute), completed_at: completed && endOf(completed) })
    }
  }

  /** A training of the network's own people: it counts for the staff, never for coverage. */
  addStaffTraining(session: Session, members: Member[], manager: Manager): void {
    for (const { person, posts } of members) {
      this.participations.add({ ...this.snapshot(person, session.day), ...this.meeting(session), id: ++this.participationId, key: `${session.key}:${person.id}`,
        kind: 'staff_training', role: 'trainee', person_role: posts[0]!.role, employment: posts[0]!.employment, in_vacation: isVacation(session.day),
        status: 'attended', sign_in_method: session.signIn, entry_source: session.signIn, hours: hours(session.minutes), with_guardian: false,
        confirmed_by: manager.account.id, entered_by: manager.account.id, entered_at: endOf(session) })
    }
  }

  private attend(random: Random, { person, session, role, guardian, status, correction }: Attendance, manager: Manager): void {
    const managerId = manager.account.id
    const enteredDay = Math.min(session.day + (session.signIn === 'paper' ? random.int(1, 3) : 0), this.today - 1)
    const enteredAt = enteredDay === session.day ? endOf(session) : momentOf(enteredDay, random.int(9 * 60, 17 * 60))
    const row = {
      ...this.snapshot(person, session.day), ...this.meeting(session), key: `${session.key}:${person.id}`, role, in_vacation: isVacation(session.day),
      with_guardian: guardian !== null, guardian_id: guardian?.id, guardian_consent: guardian && true, entry_source: session.signIn,
    }
    const id = ++this.participationId
    const attended = status === 'attended'
    this.participations.add({ ...row, id, status, hours: attended ? hours(session.minutes) : 0, sign_in_method: attended ? session.signIn : null,
      confirmed_by: managerId, entered_by: session.signIn === 'paper' ? managerId : null, entered_at: enteredAt })
    if (!correction) return
    const correctedDay = Math.min(enteredDay + random.int(2, 15), this.today - 1)
    this.participations.add({ ...row, id: ++this.participationId, key: `${row.key}:correction`, corrects: id, status: correction.status, hours: hours(correction.minutes),
      sign_in_method: session.signIn, confirmed_by: managerId, entry_source: 'paper', entered_by: managerId, entered_at: momentOf(correctedDay, 17 * 60 + 30) })
  }

  /** How far somebody is in a video, or when a text was opened and finished. */
  private follow(study: Study): void {
    const { person, lesson: { id, media }, watchedMs, studyMs } = study
    const of = { person_id: person.id, lesson_id: id }
    if (media) this.progress.add({ ...of, media_id: media.id, watched: `{[0,${watchedMs})}`, watched_ms: watchedMs, study_ms: studyMs, position_ms: watchedMs, updated_at: endOf(study) })
    else this.readings.add({ ...of, opened_at: momentOf(study.day, study.startMinute), finished_at: endOf(study) })
  }

  /** What private.complete_lesson() would have written at that moment. */
  private complete(study: Study): void {
    const { person, lesson, day, startMinute, channel } = study
    const key = `lesson:${lesson.id}:${person.id}`
    const id = ++this.participationId
    this.participations.add({ ...this.snapshot(person, day), id, key, kind: 'self_study', category_id: lesson.course.categoryId, course_id: lesson.course.id,
      lesson_id: lesson.id, organised: false, role: 'learner', host_unit_id: lesson.course.hostUnitId, started_at: momentOf(day, startMinute), ended_at: endOf(study),
      in_vacation: false, hours: hours(study.studyMs / 60_000), status: 'attended', sign_in_method: 'online', with_guardian: false, channel, entry_source: 'self', entered_at: endOf(study) })
    this.completions.add({ person_id: person.id, lesson_id: lesson.id, completed_at: endOf(study), grounds: JSON.stringify(groundsOf(study)) })
    this.awards.add({ key, participation_id: id, rule_id: CREDIT_RULES[lesson.course.kind], minutes: lesson.minutes, posted_at: endOf(study) })
  }

  private snapshot(person: Person, day: Day) {
    return { person_id: person.id, residence_unit_id: person.village.unit.id, area: person.village.area, groups: groupsOn(person, day, this.ageGroups),
      birth_year: person.birthYear, sex: person.sex }
  }

  private meeting(session: Session) {
    return { kind: session.topic.kind as string, form: session.topic.form, category_id: session.topic.category, programme: session.programme, organised: true,
      host_unit_id: session.host.id, delivering_department: session.department, started_at: momentOf(session.day, session.startMinute), ended_at: endOf(session), channel: 'onsite' }
  }
}

/** By what a lesson was judged to be finished, as the functions of public.watches and public.readings put it. */
function groundsOf(study: Study) {
  const { lesson: { media, bodyLength }, watchedMs, studyMs } = study
  return media
    ? { kind: 'watched', mediaId: media.id, durationMs: media.durationMs, requiredMs: media.requiredMs, watchedMs,
        ranges: [[0, watchedMs]], studyMs, watches: 1, flaggedMs: 0 }
    : { kind: 'read', openedAt: momentOf(study.day, study.startMinute), studyMs, bodyLength }
}

interface Span { day: Day, startMinute: number, minutes: number }

function timeOf({ day, startMinute }: Span) { return { day, startMinute } }
function endOf({ day, startMinute, minutes }: Span): string { return momentOf(day, startMinute + minutes) }

/** Clock hours, to the hundredth. */
function hours(minutes: number): number { return Math.round(minutes / 60 * 100) / 100 }
