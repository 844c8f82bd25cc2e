// Pure arithmetic on figures, for pages and exports.
import type { HeatCell, HeatTownship } from '../types/desk'

/** From which rate on a village has which shade; the first is for nobody or nearly nobody. */
export const HEAT_FROM = [0, 10, 20, 30, 50, 70] as const

/** More villages than anybody takes in at once, and more than a phone likes to lay out: the page shows their townships, the file has them all. */
export const HEAT_MOST = 2000

/** The shade of a rate in hundredths, or null where there is none. */
export function heatShade(rate: number | null): number | null {
  if (rate === null) return null
  return HEAT_FROM.findLastIndex(from => rate >= from)
}

/** Villages by township, in their order, counted by shade; `rateOf` says the rate of one. */
export function heatTownships(villages: readonly HeatCell[], rateOf: (village: HeatCell) => number | null): HeatTownship[] {
  const townships = new Map<string, HeatTownship>()
  for (const village of villages) {
    const township = townships.get(village.townshipCode) ?? { code: village.townshipCode, name: village.township, villages: 0, shades: HEAT_FROM.map(() => 0), none: 0 }
    const shade = heatShade(rateOf(village))
    township.villages++
    if (shade === null) township.none++
    else township.shades[shade]!++
    townships.set(village.townshipCode, township)
  }
  return [...townships.values()]
}

/** Hours ÷ persons; null where nobody was reached or the figures are hidden. */
export function hoursPerPerson(hours: number | null, persons: number | null): number | null {
  return hours === null || !persons ? null : hours / persons
}

/** 3, 0, 2 → 3, 3, 5: what each month adds to those before. Months that are not over yet add nothing and are null, as is all after a hidden one. */
export function cumulated(values: readonly (number | null)[]): (number | null)[] {
  let sum: number | null = 0
  return values.map(value => sum = value === null || sum === null ? null : sum + value)
}

export interface AgeBand { band: string, female: number | null, male: number | null, unknown: number | null }

/** Cells `60:female` by band, the oldest first; a band in which nobody was reached is left out at the ends only. */
export function agePyramid(cells: readonly { code: string, persons: number | null }[]): AgeBand[] {
  const bands = new Map<string, AgeBand>()
  for (const { code, persons } of cells) {
    const [band, sex] = splitAgeSex(code)
    const row = bands.get(band) ?? { band, female: 0, male: 0, unknown: 0 }
    row[sex] = persons
    bands.set(band, row)
  }
  return [...bands.values()].sort((a, b) => ageOf(b.band) - ageOf(a.band))
}

/** `60:female` → `60`, `female`. */
export function splitAgeSex(code: string): [band: string, sex: 'female' | 'male' | 'unknown'] {
  const [band = 'unknown', sex] = code.split(':')
  return [band, sex === 'female' || sex === 'male' ? sex : 'unknown']
}

function ageOf(band: string): number {
  const age = Number.parseInt(band, 10)
  return Number.isNaN(age) ? -1 : age
}
