// Denominators: the registered population of each village by group and year. The register of learners holds a part of
// it, so every figure is at least as large as what the register shows.
import { type Day, dayIn, yearOf } from './calendar.ts'
import { type AgeGroup, isInGroupDuring } from './groups.ts'
import type { County, Region, Unit, Village } from './network.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'

export interface Population { unit: Unit, year: number, group: string, count: number, source: string, asOf: Day }

/** Counted from the learners' register, with what is known of who registers. */
const GROUPS: Record<string, { source: (county: string) => string, only?: 'urban' | 'rural', fullness: number }> = {
  resident: { source: county => `${county}统计局常住人口统计`, fullness: 1 },
  elderly: { source: county => `${county}民政局老年人口台账`, fullness: 1.1 },
  youth: { source: county => `${county}教育委员会学籍与人口台账`, fullness: 1.05 },
  minors: { source: county => `${county}公安局户籍登记`, fullness: 1 },
  rural_labour: { source: county => `${county}农业农村局劳动力资源台账`, only: 'rural', fullness: 0.95 },
  rural_outgoing: { source: county => `${county}人力资源和社会保障局外出务工登记`, only: 'rural', fullness: 0.8 },
  migrant_registered: { source: county => `${county}公安局流动人口登记`, only: 'urban', fullness: 0.9 },
  laid_off_registered: { source: county => `${county}公共就业服务机构失业登记`, only: 'urban', fullness: 1.15 },
  special_groups: { source: county => `${county}残疾人联合会与民政局名册`, fullness: 1.2 },
}

export interface Gap { villageId: number, year: number, group: string }

/** Cells that nobody has handed in yet: they are shown as "no data", also in the sums above. */
export function drawGaps(random: Random, region: Region, today: Day): Gap[] {
  const year = yearOf(today)
  const last = (county: County) => random.pick(county.townships.at(-1)!.villages).unit.id
  const [rural, urban] = region.counties as [County, County]
  return [
    // 云溪县 has an official total, so this gap stops at the township.
    { villageId: last(rural), year, group: 'resident' },
    { villageId: last(urban), year: year - 1, group: 'elderly' },
    { villageId: last(urban), year, group: 'laid_off_registered' },
    { villageId: last(rural), year, group: 'rural_outgoing' },
  ]
}

/** The figures of one village for this year and the last. */
export function makePopulations(random: Random, village: Village, people: Person[], ageGroups: AgeGroup[], gaps: Gap[], today: Day): Population[] {
  const county = village.township.county.unit.name
  return [yearOf(today) - 1, yearOf(today)].flatMap((year) => {
    // Villages lose people, the city gains some.
    const before = year < yearOf(today) ? (village.area === 'rural' ? 1.012 : 0.991) : 1
    return Object.entries(GROUPS).flatMap(([group, { source, only, fullness }]): Population[] => {
      if (gaps.some(gap => gap.villageId === village.unit.id && gap.year === year && gap.group === group)) return []
      const registered = people.filter(person => isInGroupDuring(person, group, year, ageGroups)).length
      const jitter = group === 'resident' ? 1 : random.between(0.95, 1.08)
      const estimate = only && only !== village.area ? 0 : Math.round(registered / Math.min(0.98, village.registered * fullness) * before * jitter)
      return [{ unit: village.unit, year, group, count: Math.max(registered, estimate), source: source(county), asOf: countedOn(year, today) }]
    })
  })
}

/** 云溪县 publishes totals of its own, a little above the sum of what its villages hand in. */
export function officialTotals(region: Region, villages: Population[], today: Day): Population[] {
  const county = region.counties[0]!
  const below = new Set(county.townships.flatMap(township => township.villages.map(village => village.unit.id)))
  return [
    { group: 'resident', year: yearOf(today) - 1 }, { group: 'resident', year: yearOf(today) }, { group: 'elderly', year: yearOf(today) },
  ].map(({ group, year }) => {
    const known = villages.filter(row => row.group === group && row.year === year && below.has(row.unit.id))
    const mean = known.reduce((sum, row) => sum + row.count, 0) / known.length
    return { unit: county.unit, year, group, count: Math.ceil(mean * below.size * 1.009 / 10) * 10,
      source: `${county.unit.name}统计局年度公报（县级核定数）`, asOf: countedOn(year, today) }
  })
}

/** What became of a figure: most are approved; some of this year wait at 清溪镇 and in its county, and one came back first. */
export function fateOf(region: Region, unit: Unit, year: number, group: string, thisYear: number): 'approved' | 'waiting' | 'changed' | 'second try' {
  const [first, second] = region.counties[0]!.townships[0]!.villages
  if (year !== thisYear) return 'approved'
  if (unit === first!.unit && group === 'resident') return 'second try'
  if (unit === first!.unit && group === 'elderly') return 'changed'
  if (unit === second!.unit && ['rural_labour', 'special_groups'].includes(group)) return 'waiting'
  return 'approved'
}

/** Mid-year for this year, once it has passed; the end of the year for the last. */
function countedOn(year: number, today: Day): Day {
  const planned = year < yearOf(today) ? dayIn(year, 12, 31) : dayIn(year, 6, 30)
  return Math.min(planned, today - 1)
}
