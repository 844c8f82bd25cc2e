/** A step from the region down to a unit; `inSight` where the asking post reaches. */
export interface TrailStep { id: number, code: string, name: string, level: UnitLevel, inSight: boolean }
export type UnitLevel = 'city' | 'county' | 'township' | 'village'

/** Young people whom units reached in the holidays. */
export type HolidayRow = Pick<CoverageRow, 'code' | 'name' | 'isParent' | 'persons' | 'population' | 'populationSource' | 'missingCount' | 'missingNames'>

/** Who held a post in a year and who of them was trained, of a role or (null) of all together. Null numbers are hidden. */
export interface StaffTraining { role: Labelled | null, holders: number | null, trained: number | null }

export interface CoverageRow {
  code: string
  name: string
  level: UnitLevel
  isParent: boolean
  hasChildren: boolean
  /** Null where the reader sees no names here and the number is small: supabase/migrations/20261125000620_small_numbers.sql. */
  persons: number | null
  personTimes: number | null
  hours: number | null
  /** Null where a unit below has none. */
  population: number | null
  populationSource: string | null
  /** Of a sum the oldest day of its parts, and approved only where all of them are; null without a population. */
  populationAsOf: string | null
  populationApproved: boolean | null
  /** How many units have not handed in the denominator, and the first of them. */
  missingCount: number
  missingNames: string[]
}

/** Figures of a range of days that was asked for: where its count stands. */
export interface RangeFigure {
  id: number
  unit: { id: number, code: string, name: string }
  from: string
  /** The last day that is counted. */
  until: string
  state: 'waiting' | 'counting' | 'counted' | 'failed'
  /** Homes below the unit and how many of them are counted; null before the count begins. */
  homes: number | null
  done: number
  askedBy: string | null
  askedAt: string
  countedAt: string | null
  isMine: boolean
}

/** A row of a range's tables: a unit, a group, or a category, which has no denominator. */
export interface RangeRow extends Pick<CoverageRow, 'code' | 'name' | 'persons' | 'personTimes' | 'hours'>,
  Partial<Pick<CoverageRow, 'isParent' | 'hasChildren' | 'population' | 'missingCount' | 'missingNames'>> {}

export interface Labelled { id: string, zh: string, en: string }

/** A figure of a unit: a group, a category, an area … ; nulls are hidden as in a row of coverage. */
export interface Cell { code: string, persons: number | null, personTimes: number | null, hours: number | null }

/** One that has a denominator too: null is no data. */
export interface CellOf extends Cell { population: number | null }

/** Urban or rural, with what is missing of its denominator. */
export interface AreaFigure extends CellOf { missingCount: number, missingNames: string[] }

/** A group with its denominator and what is missing of it. */
export interface GroupFigure extends Labelled {
  persons: number | null
  personTimes: number | null
  hours: number | null
  population: number | null
  populationSource: string | null
  populationAsOf: string | null
  populationApproved: boolean | null
  missingCount: number
  missingNames: string[]
}

/** January to December: first reached in that month, person-times and hours; null where the month has not come yet or is hidden. Head counts have no group or category. */
export interface MonthFigure { month: number, reached: number | null, personTimes: number | null, hours: number | null, headCounts: number | null }

/** A village of the heat grid. */
export interface HeatCell { code: string, name: string, townshipCode: string, township: string, persons: number | null, population: number | null }

/** A township where villages are too many to show one by one: how many have each shade, the lightest first, and how many have none. */
export interface HeatTownship { code: string, name: string, villages: number, shades: number[], none: number }

/** What a unit and one right below it taught: persons on the organiser's axis. */
export interface TaughtRow { code: string, name: string, isParent: boolean, persons: number | null, personTimes: number | null, hours: number | null }

/** A teaching unit as a line of the tree. */
export interface School {
  code: string
  name: string
  localName: string | null
  kindZh: string
  kindEn: string
  openedOn: string | null
  closedOn: string | null
}

/** An administration as a node of the tree, `depth` steps below the unit asked for. */
export interface NetworkUnit {
  id: number
  code: string
  parentId: number | null
  depth: number
  level: UnitLevel
  name: string
  localName: string | null
  area: 'urban' | 'rural' | null
  shouldBuild: boolean
  openedOn: string | null
  closedOn: string | null
  hasChildren: boolean
  teaching: School[]
}

/** The last nightly check of the figures; `isMine` for the posts of the region, who are to look after it. */
export interface FigureCheck {
  last: {
    day: string
    persons: number
    county: string | null
    cells: number
    differences: { persons: number, sums: number, cells: number, units: string[] }
  } | null
  isOverdue: boolean
  isMine: boolean
}
