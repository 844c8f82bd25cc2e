// A row of a network's file, read: what a school or an administration is, and what is wrong with it.
import { describe, expect, it } from 'vitest'
import { Places } from '../../../server/imports/places.ts'
import { rowReader } from '../../../server/imports/rows.ts'

const COLUMNS = ['name', 'parent', 'kind', 'furtherKinds', 'shouldBuild', 'standardMet', 'rooms', 'computers', 'zoneStatus', 'zoneLevel', 'contactRole'] as const
const places = new Places([{ id: 7, code: 'T', name: '柳溪镇', local_name: null, above: '安溪县', path: '1.2', level: 'township', nature: 'administration', closed_on: null }], '1')
const kind = (id: string, zh: string, nature: string) => ({ id, zh, en: id, nature })
const read = rowReader({
  kind: 'units', columns: Object.fromEntries(COLUMNS.map((field, at) => [field, at])), fixed: {}, unitId: 1, places, today: '2026-11-30', readIdNumber: () => 'unused',
  words: { categories: [], groups: [], forms: [], roles: [{ id: 'manager', zh: '专职管理员', en: 'Manager' }], unitKinds: [
    kind('administration', '行政区', 'administration'), kind('learning_point', '学习点', 'teaching'), kind('minors_station', '未成年人活动站', 'teaching'), kind('department', '部门', 'body')] },
})
const row = (values: Partial<Record<typeof COLUMNS[number], string>>) => read({ line: 2, cells: COLUMNS.map(field => ({ name: '桃源村', parent: '柳溪镇', kind: '学习点', ...values })[field] ?? '') })!
const faults = (values: Parameters<typeof row>[0]) => row(values).refusals.map(({ field, code }) => `${field} ${code}`)

describe('a row of units', () => {
  it('is staged with everything that is known', () => {
    const { staged, refusals } = row({ furtherKinds: '未成年人活动站、学习点', standardMet: '达标', rooms: '3', computers: '12' })
    expect(refusals).toEqual([])
    expect(staged).toMatchObject({ name: '桃源村', unit_id: 7, kind: 'learning_point', details: { furtherKinds: ['minors_station'], standardMet: true, rooms: 3, computers: 12 } })
    expect(row({ kind: '行政区', shouldBuild: '应建' })).toMatchObject({ staged: { kind: 'administration', details: { shouldBuild: true, furtherKinds: [] } }, refusals: [] })
  })

  it('says its zone with the level, and the post to ask', () => {
    expect(row({ zoneStatus: '示范区', zoneLevel: '省级', contactRole: '专职管理员' })).toMatchObject({ refusals: [], staged: { details: { zoneStatus: 'demonstration', zoneLevel: 'provincial', contactRole: 'manager' } } })
  })

  it('leaves out what is not said', () => {
    expect(row({}).staged.details).toMatchObject({ shouldBuild: undefined, standardMet: undefined, rooms: undefined, furtherKinds: [] })
    expect(row({ standardMet: '未达标' }).staged.details).toMatchObject({ standardMet: false })
  })

  it.each([
    [{ kind: '部门', furtherKinds: '学习点' }, 'furtherKinds import_unit_kinds_wrong'], [{ kind: '行政区', furtherKinds: '学习点' }, 'furtherKinds import_unit_kinds_wrong'],
    [{ zoneStatus: '示范区' }, 'zoneLevel unit_zone_incomplete'], [{ zoneLevel: '省级' }, 'zoneStatus unit_zone_incomplete'], [{ zoneStatus: '特区', zoneLevel: '省级' }, 'zoneStatus import_choice_unknown'],
    [{ contactRole: '村长' }, 'contactRole import_choice_unknown'], [{ furtherKinds: '公司' }, 'furtherKinds import_unit_kinds_wrong'], [{ shouldBuild: '也许' }, 'shouldBuild import_choice_unknown'],
    [{ rooms: '1001' }, 'rooms import_count_too_large'], [{ computers: '-1' }, 'computers import_count_unreadable'], [{ kind: '公司' }, 'kind import_choice_unknown'],
  ])('is refused for %j', (values, fault) => {
    expect(faults(values)).toEqual([fault])
  })
})
