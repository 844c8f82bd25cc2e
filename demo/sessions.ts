// What the schools and learning points held during the year: trainings, lectures and activities with their season.
import { type Day, dateOf, isVacation, learningWeekOf, monthOf, weekdayOf, yearOf } from './calendar.ts'
import type { Area, County, Unit, Village } from './network.ts'
import type { Random } from './random.ts'

export interface Session {
  key: string
  host: Unit
  topic: Topic
  day: Day
  startMinute: number
  minutes: number
  signIn: 'paper' | 'scan'
  programme: string | null
  department: string | null
}

export interface Topic {
  category: string
  kind: 'training' | 'lecture' | 'activity'
  form: string
  /** Only people of this group come; everybody grown up when absent. */
  audience?: string
  area?: Area
  /** Held more often in these months. */
  months?: number[]
  department?: string
  minutes: [number, number]
  weight: number
}

const WINTER = [11, 12, 1, 2, 3]
const HOLIDAYS = [1, 2, 7, 8]

const TOPICS: Topic[] = [
  { category: 'agri_tech', kind: 'training', form: 'training', audience: 'rural_labour', area: 'rural', months: WINTER, department: '农业农村局', minutes: [120, 240], weight: 9 },
  { category: 'modern_farmer', kind: 'training', form: 'training', audience: 'rural_labour', area: 'rural', months: WINTER, department: '农业农村局', minutes: [240, 360], weight: 2 },
  { category: 'labour_transfer', kind: 'training', form: 'training', audience: 'rural_outgoing', area: 'rural', months: [1, 2], department: '人力资源和社会保障局', minutes: [120, 180], weight: 3 },
  { category: 'civic_governance', kind: 'lecture', form: 'courtyard_meeting', area: 'rural', department: '民政局', minutes: [60, 90], weight: 3 },
  { category: 'ideology_policy', kind: 'lecture', form: 'talk', department: '党委宣传部', minutes: [60, 90], weight: 5 },
  { category: 'law', kind: 'lecture', form: 'talk', department: '司法局', minutes: [60, 90], weight: 4 },
  { category: 'anti_crime_safety', kind: 'lecture', form: 'courtyard_meeting', department: '公安局', minutes: [45, 75], weight: 6 },
  { category: 'health', kind: 'lecture', form: 'micro_lecture_hall', department: '卫生健康委员会', minutes: [60, 90], weight: 6 },
  { category: 'food_drug_safety', kind: 'lecture', form: 'micro_lecture_hall', department: '市场监督管理局', minutes: [45, 75], weight: 2 },
  { category: 'emergency_safety', kind: 'training', form: 'training', months: [5, 6, 11], department: '应急管理局', minutes: [60, 120], weight: 3 },
  { category: 'digital', kind: 'training', form: 'training', audience: 'elderly', minutes: [90, 120], weight: 6 },
  { category: 'elderly', kind: 'training', form: 'training', audience: 'elderly', minutes: [90, 120], weight: 4 },
  { category: 'culture_leisure', kind: 'activity', form: 'open_day', minutes: [90, 150], weight: 5 },
  { category: 'sports_fitness', kind: 'activity', form: 'open_day', months: [4, 5, 9, 10], minutes: [60, 90], weight: 4 },
  { category: 'traditional_culture', kind: 'activity', form: 'open_day', months: [1, 2, 6, 9], minutes: [90, 150], weight: 3 },
  { category: 'reading', kind: 'activity', form: 'discussion', area: 'urban', minutes: [60, 120], weight: 2 },
  { category: 'parenting', kind: 'lecture', form: 'talk', department: '妇女联合会', minutes: [60, 90], weight: 3 },
  { category: 'vocational_skill', kind: 'training', form: 'training', department: '人力资源和社会保障局', minutes: [180, 360], weight: 3 },
  { category: 'domestic_service', kind: 'training', form: 'training', area: 'urban', department: '妇女联合会', minutes: [180, 300], weight: 2 },
  { category: 'reemployment', kind: 'training', form: 'training', audience: 'laid_off_registered', area: 'urban', department: '人力资源和社会保障局', minutes: [180, 300], weight: 3 },
  { category: 'migrant', kind: 'lecture', form: 'talk', audience: 'migrant_registered', area: 'urban', department: '总工会', minutes: [60, 120], weight: 3 },
  { category: 'special_needs', kind: 'training', form: 'training', audience: 'special_groups', department: '残疾人联合会', minutes: [90, 150], weight: 2 },
  { category: 'youth', kind: 'activity', form: 'open_day', audience: 'youth', months: HOLIDAYS, department: '共青团委员会', minutes: [120, 180], weight: 4 },
  { category: 'children', kind: 'activity', form: 'open_day', audience: 'minors', months: HOLIDAYS, department: '妇女联合会', minutes: [90, 150], weight: 3 },
]

/** Fewer meetings while the fields need hands, most in winter and around the learning week. */
const MONTH_WEIGHT = [1.25, 1.1, 0.95, 0.7, 0.65, 0.55, 0.75, 0.75, 0.75, 1.35, 1.15, 1.4]

/** A calendar of the year before today from which days are drawn by season. */
export class Season {
  private readonly days: Day[]
  private readonly upTo: number[] = []
  private total = 0
  private readonly byMonths = new Map<number[], Day[]>()

  constructor(today: Day) {
    this.days = Array.from({ length: 365 }, (_, index) => today - 365 + index)
    for (const day of this.days) {
      const weekend = weekdayOf(day) > 5 ? 1.3 : 1
      this.total += MONTH_WEIGHT[monthOf(day) - 1]! * weekend
      this.upTo.push(this.total)
    }
  }

  draw(random: Random): Day {
    const target = random.share() * this.total
    let [low, high] = [0, this.days.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.upTo[middle]! > target) high = middle
      else low = middle + 1
    }
    return this.days[low]!
  }

  /** Mostly in the months of the topic. */
  drawFor(random: Random, { months }: Topic): Day {
    if (!months || random.chance(0.15)) return this.draw(random)
    if (!this.byMonths.has(months)) this.byMonths.set(months, this.days.filter(day => months.includes(monthOf(day))))
    return random.pick(this.byMonths.get(months)!)
  }

  learningWeekDays(): Day[] {
    const years = new Set(this.days.map(yearOf))
    return [...years].flatMap(year => Array.from({ length: 7 }, (_, index) => learningWeekOf(year) + index))
      .filter(day => day >= this.days[0]! && day <= this.days.at(-1)!)
  }
}

/** What there is to go to around a village, college and school being the same for all their villages. */
export class Calendars {
  private readonly held = new Map<Unit, Session[]>()
  private readonly season: Season
  private readonly chance: (host: string) => Random

  constructor(season: Season, chance: (host: string) => Random) {
    this.season = season
    this.chance = chance
  }

  /** The village's own meetings count twice: they are nearer. Of the college's only some are worth the way. */
  around(village: Village): Session[] {
    const { township, township: { county } } = village
    const own = this.inVillage(village)
    const atSchool = this.at(township.school, county, township.area, 20, 40)
    const atCollege = this.at(county.college, county, undefined, 18, 30).filter((_, index) => index % 3 === 0)
    return [...own, ...own, ...atSchool, ...atCollege]
  }

  /** A village without a learning point of its own meets now and then all the same, held by the school. */
  private inVillage({ unit, point, area, township }: Village): Session[] {
    const random = this.chance(unit.code)
    return hold(random, this.season, point ?? township.school, township.county, area, point ? random.int(12, 26) : random.int(3, 7), unit.code)
  }

  private at(host: Unit, county: County, area: Area | undefined, fewest: number, most: number): Session[] {
    const random = this.chance(host.code)
    if (!this.held.has(host)) this.held.set(host, hold(random, this.season, host, county, area, random.int(fewest, most)))
    return this.held.get(host)!
  }
}

function hold(random: Random, season: Season, host: Unit, county: County, area: Area | undefined, count: number, place = host.code): Session[] {
  const topics = TOPICS.filter(topic => !area || !topic.area || topic.area === area)
  const total = topics.reduce((sum, { weight }) => sum + weight, 0)
  const week = season.learningWeekDays()
  const sessions = Array.from({ length: count }, (): Omit<Session, 'key'> => {
    const topic = random.weighted(topics, ({ weight }) => weight, total)
    const inWeek = week.length > 0 && random.chance(0.09)
    const step = 15
    const day = inWeek ? random.pick(week) : season.drawFor(random, topic)
    return {
      host, topic, day,
      startMinute: random.pick([9 * 60, 9 * 60 + 30, 14 * 60, 14 * 60 + 30, 15 * 60]),
      minutes: step * Math.round(random.int(...topic.minutes) / step),
      signIn: random.chance(area === 'urban' ? 0.65 : 0.3) ? 'scan' : 'paper',
      programme: inWeek ? '全民终身学习活动周' : topic.audience === 'youth' && isVacation(day) ? '寒暑假青少年活动' : null,
      department: topic.department && random.chance(0.75) ? county.unit.name + topic.department : null,
    }
  })
  return sessions.sort((a, b) => a.day - b.day || a.startMinute - b.startMinute)
    .map((session, index) => ({ ...session, key: `session:${place}:${dateOf(session.day)}:${index + 1}` }))
}
