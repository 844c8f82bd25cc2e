// Residents: households whose names, ages and places in the registers fit together.
import { DEMO_RESIDENTS } from './accounts.ts'
import { type Day, dayIn, yearOf } from './calendar.ts'
import { type Sex, drawGivenName, drawSurname } from './names.ts'
import type { Area, Region, Village } from './network.ts'
import type { Random } from './random.ts'

interface Membership { group: string, source: string, from: Day, to: Day | null }

export interface Person {
  id: number
  name: string
  sex: Sex
  birthYear: number
  village: Village
  memberships: Membership[]
  registeredOn: Day
  account: { id: string, phone: string, openedOn: Day } | null
  /** Who of the household comes along when a child learns. */
  guardian: Person | null
  isDemo: boolean
}

/** From this age on people learn by themselves and may have an account. */
export const ADULT_ENOUGH = 14
export const ageIn = (year: number, { birthYear }: Person) => year - birthYear

type Kind = 'single' | 'couple' | 'elder' | 'elders' | 'family' | 'three_generations' | 'left_behind'
/** How often each kind of household is drawn. Many parents of the villages work elsewhere and the children stay. */
const HOUSEHOLDS: Record<Area, Record<Kind, number>> = {
  rural: { single: 9, couple: 20, elder: 11, elders: 19, family: 13, three_generations: 17, left_behind: 11 },
  urban: { single: 17, couple: 19, elder: 7, elders: 13, family: 33, three_generations: 11, left_behind: 0 },
}
const KINDS = Object.keys(HOUSEHOLDS.rural) as Kind[]

/** Hands out ids and telephone numbers in order, over all villages. */
export class Register {
  private persons = 0
  private phones = 0

  nextPersonId(): number { return ++this.persons }

  /** The Chinese numbering plan gives 164 to nobody, so that no demo number can ring. */
  nextPhone(): string { return `164${String(++this.phones).padStart(8, '0')}` }
}

/** The residents of a village who are in the register, household by household. */
export function makePeople(random: Random, register: Register, region: Region, village: Village, today: Day): Person[] {
  // On New Year's Day nobody of the new year is there yet.
  const year = yearOf(today - 1)
  const people: Person[] = []
  for (const demo of demoResidents(region, village, year)) {
    const person = enter(random, register, village, demo, today)
    person.account = { id: random.uuid(), phone: demo.phone, openedOn: person.registeredOn }
    person.isDemo = true
    if (demo.returned) person.memberships = returnedFromTheCity(today)
    people.push(person)
  }
  people.splice(village.people)
  while (people.length < village.people) {
    const household = drawHousehold(random, village.area, year)
      .slice(0, village.people - people.length)
      .map(member => enter(random, register, village, member, today))
    const adult = household.find(({ birthYear }) => birthYear <= year - 20) ?? null
    for (const person of household) {
      if (ageIn(yearOf(today - 365), person) < ADULT_ENOUGH) person.guardian = adult
      if (ageIn(year, person) >= ADULT_ENOUGH && random.chance(phoneShare(person, year))) {
        const openedOn = Math.min(today - 1, Math.max(person.registeredOn, dayIn(person.birthYear + ADULT_ENOUGH, 1, 15)))
        person.account = { id: random.uuid(), phone: register.nextPhone(), openedOn }
      }
    }
    people.push(...household)
  }
  return people
}

/**
 * Some are in the register twice, as happens where paper lists are copied: the work list of probable duplicates has something to
 * show. Only grown-ups without an account, so that nobody's history changes hands.
 */
export function registerTwice(people: Person[]): void {
  const [one, again] = people.filter(({ account, isDemo, birthYear, memberships }) => !account && !isDemo && memberships.length === 0 && birthYear > 1930 && birthYear < 1990)
  if (one && again) Object.assign(again, { name: one.name, sex: one.sex, birthYear: one.birthYear })
}

interface Draft { name: string, sex: Sex, birthYear: number }

function enter(random: Random, register: Register, village: Village, { name, sex, birthYear }: Draft, today: Day): Person {
  const person: Person = {
    id: register.nextPersonId(), name, sex, birthYear, village, memberships: [], account: null, guardian: null, isDemo: false,
    registeredOn: Math.min(today - 1, Math.max(today - random.int(400, 2000), dayIn(birthYear, 12, 1))),
  }
  person.memberships = drawMemberships(random, person, today)
  return person
}

function demoResidents(region: Region, village: Village, year: number): (Draft & { phone: string, returned?: boolean })[] {
  const [rural, urban] = region.counties
  const living = (area: Area) => (one: Village) => one.area === area && one.reached > 0
  const countryHome = rural!.townships[0]!.villages.find(living('rural')) ?? rural!.townships[0]!.villages[0]
  const townHome = urban!.townships[0]!.villages.find(living('urban')) ?? urban!.townships[0]!.villages[0]
  if (village === countryHome) {
    return [
      { name: '王秀英', sex: 'female', birthYear: year - 72, phone: DEMO_RESIDENTS.elder.phone },
      { name: '李志强', sex: 'male', birthYear: year - 30, phone: DEMO_RESIDENTS.returner.phone, returned: true },
    ]
  }
  return village === townHome ? [{ name: '陈晓燕', sex: 'female', birthYear: year - 38, phone: DEMO_RESIDENTS.townsman.phone }] : []
}

function drawHousehold(random: Random, area: Area, year: number): Draft[] {
  const kind = random.weighted(KINDS, one => HOUSEHOLDS[area][one], 100)
  const surname = drawSurname(random)
  const members: Draft[] = []
  const add = (sex: Sex, age: number, family = surname) => {
    const birthYear = year - Math.max(0, Math.min(101, Math.round(age)))
    members.push({ name: family + drawGivenName(random, sex, birthYear), sex, birthYear })
  }
  const couple = (age: number) => {
    add('male', age)
    add('female', age - random.int(-1, 4), drawSurname(random))
  }
  const children = (parentAge: number) => {
    for (let count = random.weighted([1, 2, 3], one => [0, 50, 42, 8][one]!, 100), age = parentAge - random.int(22, 30); count > 0 && age >= 0; count--, age -= random.int(2, 5))
      if (age < 24) add(random.chance(0.52) ? 'male' : 'female', age)
  }
  const elderAge = () => 60 + 33 * random.share() ** 1.9

  if (kind === 'single') add(random.chance(0.6) ? 'male' : 'female', random.int(20, 58))
  else if (kind === 'elder') add(random.chance(0.68) ? 'female' : 'male', elderAge() + 3)
  else if (kind === 'elders') couple(elderAge())
  else if (kind === 'couple') couple(random.chance(0.65) ? random.int(46, 62) : random.int(26, 45))
  else if (kind === 'left_behind') {
    const grandparents = random.int(56, 72)
    couple(grandparents)
    children(grandparents - random.int(21, 27))
  }
  else {
    const parents = random.int(26, 48)
    couple(parents)
    children(parents)
    if (kind === 'three_generations') couple(parents + random.int(22, 28))
  }
  return members
}

function phoneShare({ birthYear, village }: Person, year: number): number {
  const age = year - birthYear
  const share = age >= 75 ? 0.06 : age >= 60 ? 0.2 : 0.42
  return village.area === 'urban' ? share * 1.2 : share
}

function drawMemberships(random: Random, { birthYear, village }: Person, today: Day): Membership[] {
  const age = yearOf(today) - birthYear
  const memberships: Membership[] = []
  const since = () => today - random.int(90, 1500)
  const add = (group: string, source: string, ends = 0) => {
    const from = since()
    memberships.push({ group, source, from, to: random.chance(ends) ? random.int(from + 30, today) : null })
  }
  if (village.area === 'rural' && age >= 18 && age < 60 && random.chance(0.88)) {
    memberships.push({ group: 'rural_labour', source: '农村劳动力资源台账', from: dayIn(birthYear + 17, 1, 1), to: null })
    if (age < 55 && random.chance(0.3)) add('rural_outgoing', '外出务工人员登记', 0.25)
  }
  if (village.area === 'urban' && age >= 18 && age < 58) {
    if (random.chance(0.13)) add('migrant_registered', '流动人口服务管理登记', 0.2)
    else if (random.chance(0.055)) add('laid_off_registered', '公共就业服务机构失业登记', 0.4)
  }
  if (random.chance(age >= 60 ? 0.045 : 0.018)) add('special_groups', random.chance(0.7) ? '残疾人证核验名册' : '特困人员供养名册')
  return memberships
}

/** Worked away until spring, has been at home since. */
function returnedFromTheCity(today: Day): Membership[] {
  return [
    { group: 'rural_labour', source: '农村劳动力资源台账', from: dayIn(yearOf(today) - 12, 1, 1), to: null },
    { group: 'rural_outgoing', source: '外出务工人员登记', from: today - 1100, to: today - 250 },
  ]
}
