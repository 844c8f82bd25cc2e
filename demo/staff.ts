// Who works in the network: persons beside the residents, their posts, and the accounts they sign in with.
import { DEMO_STAFF } from './accounts.ts'
import { type Day, yearOf } from './calendar.ts'
import { drawGivenName, drawSurname, type Sex } from './names.ts'
import type { County, Region, Township, Unit, Village } from './network.ts'
import type { Person, Register } from './people.ts'
import type { Random } from './random.ts'

interface Post { unit: Unit, role: string, employment: 'full_time' | 'part_time', from: Day, to: Day | null }
export interface Member { person: Person, posts: Post[], account: { id: string, username: string, password?: string } | null }

export type Manager = Member & { account: { id: string } }

export interface Staff {
  members: Member[]
  /** Whose account enters a township's paper lists, and approves a county's figures. */
  managerOf: Map<Township | County, Manager>
}

/** Where a post asks for experience. */
const AGES: Record<string, [number, number]> = { head: [40, 58], inspector: [38, 58], lecturer: [34, 66], tutor: [30, 62] }

/** Everyone in post, in order of place: the city, the counties' colleges, the townships' schools. */
export function makeStaff(random: Random, register: Register, region: Region, today: Day): Staff {
  const members: Member[] = []
  const managerOf: Staff['managerOf'] = new Map()
  const year = yearOf(today)

  const appointManager = (place: Township | County, unit: Unit, home: Village, username: string) => {
    const manager = appoint(unit, home, 'manager', 'full_time', username)
    managerOf.set(place, { ...manager, account: manager.account! })
  }
  const appoint = (unit: Unit, home: Village, role: string, employment: Post['employment'], username?: string): Member => {
    const sex: Sex = random.chance(0.55) ? 'female' : 'male'
    const birthYear = year - random.int(...AGES[role] ?? [26, 57])
    const from = today - random.int(420, 2400)
    const demo = DEMO_STAFF.find(account => account.username === username)
    const member: Member = {
      person: { id: register.nextPersonId(), name: drawSurname(random) + drawGivenName(random, sex, birthYear), sex, birthYear, village: home,
        memberships: [], registeredOn: from, account: null, guardian: null, isDemo: false },
      posts: [{ unit, role, employment, from, to: null }],
      account: username ? { id: random.uuid(), username, ...(demo && { password: demo.password }) } : null,
    }
    members.push(member)
    return member
  }

  const cityHome = region.counties[1]!.townships[0]!.villages[0]!
  appoint(region.centre, cityHome, 'head', 'full_time', 'city')
  appoint(region.centre, cityHome, 'manager', 'full_time', 'qingjiang')
  appoint(region.city, cityHome, 'inspector', 'part_time', 'inspector')
  appoint(region.city, cityHome, 'system_admin', 'full_time', 'admin')
  appoint(region.city, cityHome, 'security_admin', 'part_time', 'security')
  appoint(region.city, cityHome, 'auditor', 'part_time', 'audit')

  for (const [countyIndex, county] of region.counties.entries()) {
    const home = county.townships[0]!.villages[0]!
    const code = county.unit.code.slice('QJ-'.length).toLowerCase()
    appoint(county.college, home, 'head', 'part_time', `head.${code}`)
    appointManager(county, county.college, home, countyIndex === 0 ? 'yunxi' : `manager.${code}`)
    appoint(county.college, home, 'publisher', 'part_time')
    for (let count = 0; count < 3; count++) appoint(county.college, home, 'teacher', 'full_time')
    for (let count = 0; count < 4; count++) appoint(county.college, random.pick(random.pick(county.townships).villages), 'lecturer', 'part_time')
    // The office of the county's leading group sits with the head of its centre, as the schemes have it in education.
    const centreHead = appoint(county.centre, home, 'head', 'full_time')
    centreHead.posts.push({ ...centreHead.posts[0]!, unit: county.unit, role: 'leading_group_office', employment: 'part_time' })

    for (const [index, township] of county.townships.entries()) {
      const isFirst = countyIndex === 0 && index === 0
      const somewhere = () => random.pick(township.villages)
      appointManager(township, township.school, somewhere(), isFirst ? 'qingxi' : `manager.${code}.${String(index + 1).padStart(2, '0')}`)
      appoint(township.school, somewhere(), 'head', 'part_time')
      appoint(township.school, somewhere(), 'teacher', 'part_time', isFirst ? 'teacher' : undefined)
      if (random.chance(0.7)) appoint(township.school, somewhere(), 'teacher', 'part_time')
      const tutor = appoint(township.school, somewhere(), 'tutor', 'part_time')
      // One tutor looks after the points of the township's larger villages by name.
      for (const { point } of township.villages.slice(0, 2)) if (point) tutor.posts.push({ ...tutor.posts[0]!, unit: point })
      if (random.chance(0.4)) appoint(township.school, somewhere(), 'lecturer', 'part_time')
    }
  }
  // Besides them, so that everybody before keeps the name that the seed gave.
  appoint(region.city, cityHome, 'system_admin', 'full_time', 'system')
  return { members, managerOf }
}
