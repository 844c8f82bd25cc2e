/** A step from the region down to a unit; `inSight` where the asking post reaches. */
export interface TrailStep { id: number, code: string, name: string, level: UnitLevel, inSight: boolean }
export type UnitLevel = 'city' | 'county' | 'township' | 'village'

export interface CoverageRow {
  code: string
  name: string
  level: UnitLevel
  isParent: boolean
  hasChildren: boolean
  persons: number
  personTimes: number
  hours: number
  /** Null where a unit below has none. */
  population: number | null
  populationSource: string | null
  /** How many units have not handed in the denominator, and the first of them. */
  missingCount: number
  missingNames: string[]
}

export interface Labelled { id: string, zh: string, en: string }

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
