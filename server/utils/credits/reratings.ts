import type { z } from 'zod'
import type { Rerating as ReratingInput } from '~~/shared/schemas/reratings'
import type { Database } from '~~/shared/types/database'
import type { Rerating } from '~~/shared/types/credits'
import type { Supabase } from '../database'

/** Counts and posts re-ratings (server/jobs/reratings.ts). */
export const RERATING_JOB = 'rerating'

type AskedRerating = z.infer<typeof ReratingInput>

/** The columns that {@link reratingOf} reads. */
export const RERATING_COLUMNS = `id, kind, period, basis, milli_credits, per_minutes, cap_period, cap_amount, cap_basis, cap_per_institution, categories(zh, en), reason, state, asked_person_id, asked_at, decided_at, ended_at,
  person_id,
  credit_rules(id, zh, en),
  asker:persons!credit_reratings_asked_person_id_fkey(name), learner:persons!credit_reratings_person_id_fkey(name)` as const

type Row = Pick<Database['public']['Tables']['credit_reratings']['Row'],
  'id' | 'kind' | 'period' | 'basis' | 'milli_credits' | 'per_minutes' | 'cap_period' | 'cap_amount' | 'cap_basis' | 'cap_per_institution' | 'reason' | 'state' | 'asked_at' | 'decided_at' | 'ended_at' | 'person_id'>
  & {
    credit_rules: { id: string, zh: string, en: string }
    categories: { zh: string, en: string } | null
    asker: { name: string } | null
    learner: { name: string } | null
  }

/** A re-rating as the desk shows it; its days with the last one in them, null where it has no end. */
export function reratingOf(row: Row): Rerating {
  const { from, until } = daysOf(row.period as string)
  const { id, zh, en } = row.credit_rules
  return {
    id: row.id, kind: row.kind as Rerating['kind'], state: row.state as Rerating['state'], rule: { id, zh, en }, isByEvent: row.cap_basis === 'event',
    from, until: until && dayBefore(until),

    basis: row.basis as Rerating['basis'], milliCredits: row.milli_credits, perMinutes: row.per_minutes,
    capPeriod: row.cap_period as Rerating['capPeriod'], capAmount: row.cap_amount, perInstitution: row.cap_per_institution, category: row.categories,
    person: row.person_id ? { id: row.person_id, name: row.learner?.name ?? '' } : null,
    reason: row.reason, askedBy: row.asker?.name ?? '', askedAt: row.asked_at, decidedAt: row.decided_at, endedAt: row.ended_at,
  }
}

/** What the kind of a re-rating needs: rates in the database's measures, a cap as it was said, for the unit of its days is the database's to know. */
export function givenOf(asked: AskedRerating): Record<string, string | number | boolean | null> {
  if (asked.kind === 'recount') return { person: asked.person }
  // By the minute one credit is given for so many minutes; by the event so many credits.
  if (asked.kind === 'rate') {
    return asked.basis === 'minutes' ? { basis: 'minutes', milliCredits: 1000, perMinutes: asked.rate } : { basis: 'event', milliCredits: Math.round(asked.rate * 1000) }
  }
  const { category, eachInstitution } = asked.scope
  return { capPeriod: asked.capPeriod, capAmount: asked.capAmount, ...category && { category }, ...eachInstitution && { eachInstitution } }
}

/** Whom a re-rating concerns, those who gain most first; `name` is part of a name. */
export function reratingLearners(database: Supabase, id: number, { name, only }: { name: string, only?: 'gaining' | 'losing' | 'outdated' }) {
  const all = database.from('credit_rerating_learners')
    .select('person_id, state, postings, before_milli_credits, after_milli_credits, gained_milli_credits, persons!inner(name, units!inner(name))', { count: 'exact' })
    .eq('rerating_id', id)
    .order('gained_milli_credits', { ascending: only === 'losing' }).order('person_id')
  const named = name ? all.ilike('persons.name', `%${name.replace(/[\\%_]/g, '\\$&')}%`) : all
  if (only === 'gaining') return named.gt('gained_milli_credits', 0)
  if (only === 'losing') return named.lt('gained_milli_credits', 0)
  return only === 'outdated' ? named.eq('state', 'outdated') : named
}

type LearnerRow = NonNullable<Awaited<ReturnType<typeof reratingLearners>>['data']>[number]
export function reratedLearner(row: LearnerRow) {
  return {
    personId: row.person_id, name: row.persons.name, home: row.persons.units.name, state: row.state as 'waiting' | 'counted' | 'unchanged' | 'posted' | 'outdated',
    postings: row.postings, beforeMilliCredits: row.before_milli_credits, afterMilliCredits: row.after_milli_credits, gainedMilliCredits: row.gained_milli_credits!,
  }
}
