import type { DeskShift } from '~~/shared/types/volunteers'
import type { Desk } from '../desk'

/** What a unit and those below it ask of volunteers, or one of it. */
export async function serviceAtDesk({ database }: Desk, unitId: number, id?: number) {
  const rows = await answerOf(database.rpc('service_at_desk', { in_unit_id: unitId, ...(id && { of_opportunity_id: id }) }))
  return rows.map(row => ({
    id: row.id!, code: row.code!, title: row.title!, role: row.role!, about: row.about!, venue: row.venue!, phone: row.contact_phone,
    category: row.category_id!, unit: row.unit_name!, team: row.team_id, teamName: row.team_name,
    state: row.state as 'draft' | 'coming' | 'over' | 'cancelled', cancelReason: row.cancel_reason, shifts: row.shifts as unknown as DeskShift[],
  }))
}

/** What waits of volunteers at one's topmost unit; null for posts that don't run shifts. */
export async function serviceDue(desk: Desk) {
  if (!desk.me.posts.some(post => post.sights.includes('people'))) return null
  const { unit } = await requireUnit(desk, undefined, 'people')
  return { unit: unit.code, ...await serviceDueIn(desk, unit.id) }
}

export async function serviceDueIn({ database }: Desk, unitId: number) {
  const [due] = await answerOf(database.rpc('service_due', { in_unit_id: unitId }))
  return {
    asked: due!.asked!, disputes: due!.disputes!, dueOn: due!.due_on, backfills: due!.backfills!, shifts: due!.shifts!,
    isLate: due!.due_on !== null && due!.due_on! < chinaToday(),
  }
}

/** What the form of a call is chosen from. */
export async function serviceChoices({ database }: Desk, unitId: number) {
  const [categories, teams] = await Promise.all([
    answerOf(database.from('categories').select('id, zh, en').order('position')),
    answerOf(database.from('volunteer_teams').select('id, name').eq('unit_id', unitId).is('closed_on', null).order('name')),
  ])
  return { categories, teams }
}

/** A shift with its people; the code of the moment while it is open. 404 `shift_unknown`. */
export async function shiftAtDesk({ database }: Desk, id: number) {
  const [shift] = await answerOf(database.rpc('service_shift_at_desk', { of_shift_id: id }))
  const [starts, ends, now] = [Date.parse(shift!.starts_at!), Date.parse(shift!.ends_at!), Date.now()]
  const isOpen = !shift!.cancel_reason && now >= starts - 30 * 60_000 && now <= ends + 30 * 60_000
  const [rows, code] = await Promise.all([
    answerOf(database.rpc('service_roster', { of_shift_id: id })), isOpen ? answerOf(database.rpc('shift_code_now', { of_shift_id: id })) : [],
  ])
  const local = (at: string | null) => at === null ? null : inChina(at)
  return {
    shift: {
      id, opportunity: shift!.opportunity_id!, title: shift!.title!, role: shift!.role!, venue: shift!.venue!, unit: shift!.unit_name!,
      startsAt: inChina(shift!.starts_at!), endsAt: inChina(shift!.ends_at!),
      capacity: shift!.capacity!, taken: shift!.taken!, cancelReason: shift!.cancel_reason, isOpen, isOver: now >= ends, hasBegun: now >= starts,
    },
    code: code[0] ? { code: code[0].code!, until: code[0].until! } : null,
    roster: rows.map(row => ({
      place: row.place_id!, person: row.person_id!, name: row.name!, home: row.home!, status: row.status as 'taken' | 'back_filled', isOwn: row.is_own!,
      came: row.came_at ? { at: local(row.came_at)!, by: row.came_by as Proof } : null,
      left: row.left_at ? { at: local(row.left_at)!, by: row.left_by as Proof } : null,
      record: row.kind === null
        ? null
        : {
            kind: row.kind as 'confirmed' | 'recounted' | 'corrected' | 'withdrawn', from: local(row.started_at)!, to: local(row.ended_at)!, minutes: row.minutes!, proof: row.proof as Proof,
            reason: row.reason, milliCredits: row.milli_credits!,
            cuts: { class: row.class_minutes!, overlap: row.overlap_minutes!, cap: row.cap_minutes!, rest: row.rest_minutes! },
          },
      backfill: row.backfill_id === null
        ? null
        : { id: row.backfill_id!, from: local(row.backfill_from)!, to: local(row.backfill_to)!, reason: row.backfill_reason!, isOwn: row.backfill_is_own! },
      dispute: row.dispute_id === null ? null : { id: row.dispute_id!, words: row.dispute_words!, dueOn: row.dispute_due! },
    })),
  }
}

type Proof = 'scanned' | 'supervised' | 'back_filled'
