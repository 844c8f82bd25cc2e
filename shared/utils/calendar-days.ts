import { dayBefore } from './days.ts'

/** Something that lies on a day of somebody's calendar. */
export interface OnADay {
  kind: string
  id: number
  person: number
  startsAt: string
  endsAt: string
  /** False for what asks for nobody's presence: called off, on leave, a last day. */
  takesTime: boolean
}

/** For each of some things, the first other one that the same person has at the same time; undefined where there is none. */
export function firstClashes<T extends OnADay>(things: readonly T[]): (T | undefined)[] {
  return things.map(one => one.takesTime
    ? things.find(other => other.takesTime && other.person === one.person && !(other.kind === one.kind && other.id === one.id)
      && Date.parse(other.startsAt) < Date.parse(one.endsAt) && Date.parse(other.endsAt) > Date.parse(one.startsAt))
    : undefined)
}

/** Things by their days in China, in order. */
export function byChinaDay<T extends { startsAt: string }>(things: readonly T[]): { day: string, things: T[] }[] {
  const days = Map.groupBy(things, one => new Date(one.startsAt).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }))
  return [...days].sort(([a], [b]) => a < b ? -1 : 1).map(([day, of]) => ({ day, things: of.toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt)) }))
}

/** The month so many months after one: 2026-12, 1 → 2027-01. */
export function monthAfter(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const months = year * 12 + number - 1 + by
  return `${Math.floor(months / 12)}-${String(months % 12 + 1).padStart(2, '0')}`
}

/** The last day of a month. */
export function lastDayOf(month: string): string {
  return dayBefore(`${monthAfter(month, 1)}-01`)
}
