// Which groups a person belongs to on a day: the same answer as private.groups_of().
import type postgres from 'postgres'
import { type Day, yearOf } from './calendar.ts'
import type { Person } from './people.ts'

export interface AgeGroup { id: string, from: number, below: number }

export async function readAgeGroups(sql: postgres.TransactionSql): Promise<AgeGroup[]> {
  return sql<AgeGroup[]>`
    select id, lower(ages) as from, coalesce(upper(ages), 200) as below
    from public.population_groups where ages is not null order by id`
}

export function groupsOn(person: Person, day: Day, ageGroups: AgeGroup[]): string[] {
  const age = yearOf(day) - person.birthYear
  const groups = new Set(['resident'])
  for (const { id, from, below } of ageGroups) if (age >= from && age < below) groups.add(id)
  for (const { group, from, to } of person.memberships) if (from <= day && (to === null || to >= day)) groups.add(group)
  return [...groups].sort()
}

/** Whether the person belongs to the group on any day of the year. */
export function isInGroupDuring(person: Person, group: string, year: number, ageGroups: AgeGroup[]): boolean {
  if (person.birthYear > year) return false
  if (group === 'resident') return true
  const ages = ageGroups.find(({ id }) => id === group)
  if (ages) return year - person.birthYear >= ages.from && year - person.birthYear < ages.below
  return person.memberships.some(entry => entry.group === group && yearOf(entry.from) <= year && (entry.to === null || yearOf(entry.to) >= year))
}
