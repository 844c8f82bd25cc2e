import type { z } from 'zod'
import type { ResidentsFileQuery } from '~~/shared/schemas/desk'
import type { Supabase } from './database'

/** More do not go into one file, nor are they counted. */
export const RESIDENTS_IN_FILE = 10_000

type Asked = Omit<z.output<typeof ResidentsFileQuery>, 'format'>

/** A page of the residents of a unit behind the person with the given number; `size` up to 200. */
export async function residentsOf(database: Supabase, unitId: number, { group, lacks }: Asked, after: number | undefined, size: number) {
  const [rows, groups] = await Promise.all([
    answerOf(database.rpc('residents_of', { in_unit_id: unitId, of_group: group, lacks, after_person_id: after, page_size: size })),
    answerOf(database.from('population_groups').select('id, zh, en').order('position')),
  ])
  return rows.map(row => ({
    id: row.person_id!, name: row.name!, sex: row.sex, birthYear: row.birth_year, home: { name: row.home!, code: row.home_code! }, township: row.township, phone: row.phone,
    // Everybody is a resident; what says something is the rest.
    groups: groups.filter(({ id }) => id !== 'resident' && row.groups?.includes(id)), hasAccount: row.has_account!, hasCard: row.has_card!,
  }))
}

/** What the list of a unit can be narrowed by: the places right below, and the groups of which the post sees who is in them. */
export async function residentChoices(database: Supabase, unitId: number) {
  const [below, groups] = await Promise.all([
    everyRow((from, to) => database.from('units').select('code, name').eq('parent_id', unitId).eq('kind_id', 'administration').order('path').range(from, to)),
    answerOf(database.from('population_groups').select('id, zh, en, is_sensitive').neq('id', 'resident').order('position')),
  ])
  const sensitive = groups.find(group => group.is_sensitive)
  const seesSensitive = sensitive && await answerOf(database.rpc('sees_people_at', { in_unit_id: unitId, of_group: sensitive.id }))
  return { below, groups: groups.filter(group => seesSensitive || !group.is_sensitive).map(({ id, zh, en }) => ({ id, zh, en })) }
}
