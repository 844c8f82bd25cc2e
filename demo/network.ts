// The fictional city 清江市: its counties, townships and villages, and the schools and learning points below them.
import { type Day, dateOf, dayIn, yearOf } from './calendar.ts'
import { drawPlaces } from './names.ts'
import type { Random } from './random.ts'
import { describePoint, describeSchool } from './schools.ts'

export type Area = 'urban' | 'rural'

export interface Unit {
  id: number
  code: string
  parentId: number | null
  kindId: string
  level: 'city' | 'county' | 'township' | 'village'
  name: string
  localName?: string
  area?: Area
  shouldBuild?: boolean
  openedOn?: string
  closedOn?: string
  hostBody?: string
  address?: string
  contactPhone?: string
  summary?: string
}

export interface Village {
  unit: Unit
  township: Township
  area: Area
  /** Where its people learn; some villages have none yet. */
  point: Unit | null
  /** How many of its people are in the register. */
  people: number
  /** Register ÷ registered population. */
  registered: number
  /** Share of the population that the year's history reaches. */
  reached: number
}
export interface Township { unit: Unit, county: County, area: Area, school: Unit, villages: Village[] }
export interface County { unit: Unit, college: Unit, centre: Unit, townships: Township[] }
export interface Region { city: Unit, centre: Unit, counties: County[], villages: Village[], /** Parents first. */ units: Unit[] }

/** The first two are in every demo; a city of millions has all ten. */
const COUNTIES = [
  { name: '云溪县', code: 'YX', urban: 0.16 }, { name: '临江区', code: 'LJ', urban: 0.8 },
  { name: '岚溪县', code: 'LX', urban: 0.2 }, { name: '望岭县', code: 'WL', urban: 0.15 }, { name: '白洲区', code: 'BZ', urban: 0.75 },
  { name: '青岩县', code: 'QY', urban: 0.2 }, { name: '松渡县', code: 'SD', urban: 0.18 }, { name: '云亭县', code: 'YT', urban: 0.22 },
  { name: '鹤川县', code: 'HC', urban: 0.2 }, { name: '沐江区', code: 'MJ', urban: 0.7 },
]
/** 云溪县's town in which the demo residents and the demo manager live. */
const FIRST_TOWN = '清溪'

/** How many units a region of this many registered residents has: larger regions have larger villages too. */
export function sizeOf(residents: number): { counties: number, townships: number, villages: number } {
  const scale = residents / 20_000
  const counties = Math.min(COUNTIES.length, Math.max(2, Math.round(residents / 250_000)))
  const townships = Math.max(2 * counties, Math.round(10 * scale ** 0.45))
  return { counties, townships, villages: Math.max(3 * townships, Math.round(60 * scale ** 0.6)) }
}

export function makeRegion(random: Random, residents: number, today: Day): Region {
  const size = sizeOf(residents)
  const units: Unit[] = []
  const add = (unit: Omit<Unit, 'id'>): Unit => {
    const added = { id: units.length + 1, ...unit }
    units.push(added)
    return added
  }
  const place = drawPlaces(random, [FIRST_TOWN])
  const opened = (from: number, to: number) => dateOf(dayIn(random.int(from, to), random.int(3, 11), random.int(1, 28)))
  const phone = () => `023-0000${String(units.length + 1).padStart(4, '0').slice(-4)}`

  const city = add({ code: 'QJ', parentId: null, kindId: 'administration', level: 'city', name: '清江市' })
  const centre = add({ code: 'QJ-G', parentId: city.id, kindId: 'guidance_centre', level: 'city', name: '清江市社区教育指导中心',
    openedOn: opened(2009, 2011), hostBody: '清江市教育局', address: '清江市滨江路 8 号', contactPhone: phone(),
    summary: '清江市社区教育指导中心设在市教育局，负责全市社区教育的规划、指导和督导，编写公共课程，培训各县区的专干和教师。接待时间：周一至周五 9:00–17:00。' })

  const counties = COUNTIES.slice(0, size.counties).map(({ name, code }): County => {
    const unit = add({ code: `QJ-${code}`, parentId: city.id, kindId: 'administration', level: 'county', name, shouldBuild: true })
    const host = name.endsWith('县') ? `${name}职业教育中心` : `${name}开放大学分校`
    return {
      unit, townships: [],
      college: add({ code: `${unit.code}-S`, parentId: unit.id, kindId: 'community_college', level: 'county', name: `${name}社区教育学院`,
        openedOn: opened(2010, 2013), hostBody: host, address: `${name}学府路 ${random.int(3, 88)} 号`, contactPhone: phone(),
        summary: `${name}社区教育学院由${host}承办，统筹全${name.at(-1)}的社区教育，办老年大学班、职业技能班和师资培训。开放时间：周一至周五 8:30–17:30，周末有老年班和亲子班。公益课程不收费。` }),
      centre: add({ code: `${unit.code}-G`, parentId: unit.id, kindId: 'guidance_centre', level: 'county', name: `${name}社区教育指导中心`,
        openedOn: opened(2010, 2013), hostBody: `${name}教育委员会`, address: `${name}学府路 ${random.int(3, 88)} 号`, contactPhone: phone(),
        summary: `${name}社区教育指导中心设在${name}教育委员会，指导各乡镇街道的社区教育学校，汇总学习数据，组织每年的评估。` }),
    }
  })

  const townships = shareOut(random, counties, size.townships, county => county.unit.name.endsWith('县') ? 1.4 : 1).flatMap(([county, count]) =>
    Array.from({ length: count }, (_, index): Township => {
      const { urban } = COUNTIES.find(({ name }) => name === county.unit.name)!
      // Every county has a town and a street at least; the rest follow its character.
      const isFirstTown = county === counties[0] && index === 0
      const area: Area = index === 0 ? (urban < 0.5 ? 'rural' : 'urban') : index === 1 ? (urban < 0.5 ? 'urban' : 'rural') : random.chance(urban) ? 'urban' : 'rural'
      const stem = isFirstTown ? FIRST_TOWN : place()
      const name = stem + (area === 'urban' ? '街道' : isFirstTown || random.chance(0.65) ? '镇' : '乡')
      const unit = add({ code: `${county.unit.code}-${number(index + 1)}`, parentId: county.unit.id, kindId: 'administration', level: 'township', name, area, shouldBuild: true })
      const host = area === 'urban' ? `${stem}小学` : `${stem}中心小学`
      const school = add({ code: `${unit.code}-S`, parentId: unit.id, kindId: 'community_school', level: 'township',
        name: `${name}${area === 'urban' ? '社区学校' : '社区教育学校'}`, ...(random.chance(0.3) && { localName: `${stem}市民学校` }), area,
        openedOn: opened(2012, 2019), hostBody: host, address: `${county.unit.name}${name}${host}内`, contactPhone: phone(),
        summary: describeSchool(random, name, host, area) })
      const township: Township = { unit, county, area, school, villages: [] }
      county.townships.push(township)
      return township
    }))

  const villages = shareOut(random, townships, size.villages, () => 1).flatMap(([township, count]) =>
    Array.from({ length: count }, (_, index): Village => {
      // A rural town has its streets at the market; a street at the edge of the city has its villages.
      const area: Area = township.area === 'rural' ? (index === 0 && count > 4 ? 'urban' : 'rural') : random.chance(0.92) ? 'urban' : 'rural'
      const stem = place()
      const name = stem + (area === 'urban' ? '社区' : '村')
      const hasPoint = index === 0 || random.chance(0.87)
      const unit = add({ code: `${township.unit.code}-${number(index + 1)}`, parentId: township.unit.id, kindId: 'administration', level: 'village',
        name, area, shouldBuild: hasPoint || random.chance(0.75) })
      const point = hasPoint
        ? add({ code: `${unit.code}-S`, parentId: unit.id, kindId: area === 'urban' ? 'learning_centre' : 'learning_point', level: 'village',
            name: `${name}${area === 'urban' ? '学习中心' : '学习点'}`, area, openedOn: opened(2014, 2023),
            hostBody: `${name}${area === 'urban' ? '居民委员会' : '村民委员会'}`,
            address: `${township.county.unit.name}${township.unit.name}${name}党群服务中心`, contactPhone: phone(), summary: describePoint(random, name, area) })
        : null
      // Where more is held, more people are in the register.
      const registered = random.between(0.36, 0.62)
      const reached = registered * (hasPoint ? random.between(0.38, 0.97) : random.between(0.25, 0.5))
      const village: Village = { unit, township, area, point, people: 0, registered, reached }
      township.villages.push(village)
      return village
    }))

  // One point was closed when its rooms were taken back.
  const moved = villages.findLast(village => village.area === 'rural' && village.point) ?? villages.findLast(village => village.point)!
  add({ code: `${moved.unit.code}-S0`, parentId: moved.unit.id, kindId: 'learning_point', level: 'village', name: `${moved.unit.name}老学习点`, area: moved.area,
    openedOn: dateOf(dayIn(2013, 5, 6)), closedOn: dateOf(dayIn(yearOf(today) - 1, 8, 31)), hostBody: moved.point!.hostBody!,
    address: `${moved.township.county.unit.name}${moved.township.unit.name}${moved.unit.name}原村小学`, summary: `原设在旧校舍，房屋收回后关闭，学员转到${moved.point!.name}。` })

  // Some villages have not held anything yet: 0 % of a known population. Never a township's first, where people meet.
  const quiet = random.shuffled(villages.filter(village => village !== village.township.villages[0])).slice(0, Math.max(1, Math.round(villages.length * 0.05)))
  for (const village of quiet) village.reached = 0

  for (const [village, people] of shareOut(random, villages, residents, village => village.area === 'urban' ? 1.7 : 1)) village.people = people
  return { city, centre, counties, villages, units }
}

/** What a school has, by its number, so that nothing is drawn for it: rooms, computers, whether it meets the standard, whom to ask. */
export function equipmentOf({ id, kindId, level }: Unit) {
  if (kindId === 'administration') return level === 'county' && id % 2 ? { zone_status: 'experimental', zone_level: 'provincial' } : {}
  if (kindId === 'guidance_centre') return { rooms: 1 + id % 3, contact_role_id: 'head' }
  const isPoint = level === 'village'
  return {
    rooms: isPoint ? 1 + id % 2 : 3 + id % 5, computers: isPoint ? id % 4 : 10 + id % 21, contact_role_id: isPoint ? 'tutor' : 'manager',
    // The newest have not been looked at yet.
    ...(id % 7 && { standard_met: id % 4 > 0 }),
    ...(kindId === 'community_school' && id % 3 === 0 && { further_kinds: ['citizen_school'] }),
  }
}

/** Shares a number out at random around the given weights: whole numbers, each at least one, with the exact sum. */
function shareOut<T>(random: Random, receivers: T[], total: number, weight: (receiver: T) => number): [T, number][] {
  const weights = receivers.map(receiver => weight(receiver) * random.between(0.7, 1.3))
  const sum = weights.reduce((a, b) => a + b, 0)
  const spare = total - receivers.length
  let given = 0
  let reached = 0
  return receivers.map((receiver, index) => {
    reached += weights[index]! / sum
    const upTo = index === receivers.length - 1 ? spare : Math.round(reached * spare)
    const share = upTo - given
    given = upTo
    return [receiver, share + 1]
  })
}

function number(index: number): string { return String(index).padStart(2, '0') }
