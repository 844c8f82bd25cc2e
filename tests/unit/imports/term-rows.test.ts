// A row of a term: what it costs, who may come, how they are let in; every fault with its column.
import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../server/imports/fields.ts'
import { rowReader } from '../../../server/imports/rows.ts'

const FIELDS = fieldsOf('activities').map(({ id }) => id)
const read = rowReader({
  kind: 'activities', columns: Object.fromEntries(FIELDS.map((id, at) => [id, at])), fixed: {}, unitId: 1, today: '2026-03-01', readIdNumber: () => 'id_invalid',
  places: { find: () => ({ wrong: 'import_unit_unknown' }) } as never,
  words: { categories: [{ id: 'digital', zh: '信息', en: 'Digital' }], groups: [], unitKinds: [], roles: [], forms: [{ id: 'training', zh: '培训班', en: 'Class' }] },
})
const USUAL: Record<string, string> = { title: '书法班', date: '2026-03-10', time: '09:00-10:30', form: '培训班', category: '信息', signUp: '整期', seats: '20' }
const row = (more: Record<string, string>) => read({ line: 2, cells: FIELDS.map(id => ({ ...USUAL, ...more })[id] ?? '') } as never)!
const details = (more: Record<string, string>) => row(more).staged.details
const faults = (more: Record<string, string>) => row(more).refusals.map(({ field, code }) => `${field} ${code}`)

describe('a row of a term', () => {
  it('says what materials cost, to the fen', () => {
    expect(details({ fee: '15.5元', feeFor: '宣纸' })).toMatchObject({ feeFen: 1550, feeFor: '宣纸' })
    expect(details({ fee: '免费' })).toMatchObject({ feeFen: 0 })
    expect(faults({ fee: '15' })).toEqual(['feeFor fee_reason_missing'])
    for (const fee of ['一百', '-5', '1000.01', '1.234']) expect(faults({ fee, feeFor: '宣纸' })).toEqual(['fee fee_invalid'])
  })

  it.each([['50-80', 50, 80], ['50—80岁', 50, 80], ['60 岁以上', 60, undefined], ['60周岁及以上', 60, undefined], ['12岁以下', undefined, 12], ['不限', undefined, undefined]])('reads ages %s', (ages, youngest, oldest) => {
    expect(details({ ages })).toMatchObject({ youngest, oldest })
    expect(faults({ ages })).toEqual([])
  })

  it('takes no money of minors, and names at most four who look after them', () => {
    for (const ages of ['80-50', '老人', '10-130']) expect(faults({ ages })).toEqual(['ages ages_invalid'])
    expect(faults({ ages: '12岁以下', fee: '5', feeFor: '颜料' })).toEqual(['fee fee_of_minors'])
    expect(details({ minors: '可以自己来', minorsStaff: '何敏、吴刚' })).toMatchObject({ minors: 'welcome', minorsStaff: ['何敏', '吴刚'] })
    expect(faults({ minors: '看情况' })).toEqual(['minors import_choice_unknown'])
    expect(faults({ minorsStaff: '敏' })).toEqual(['minorsStaff minors_staff_invalid'])
  })

  it('opens and closes sign-up: a day alone is that whole day; lots need an end', () => {
    expect(details({ admission: '抽签', opensAt: '2026-03-02', closesAt: '2026年3月8日 18:00' })).toMatchObject({ admission: 'draw', opensAt: '2026-03-01T16:00:00.000Z', closesAt: '2026-03-08T10:00:00.000Z' })
    expect(details({ closesAt: '2026-03-08' })).toMatchObject({ closesAt: '2026-03-08T15:59:00.000Z' })
    expect(faults({ admission: '抽签' })).toEqual(['closesAt draw_window_missing'])
    expect(faults({ opensAt: '2026-03-08', closesAt: '2026-03-02' })).toEqual(['closesAt window_invalid'])
    expect(faults({})).toEqual([])
  })
})
