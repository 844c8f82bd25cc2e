// What a list of people says of groups and guardians, in the words that people write.
import { describe, expect, it } from 'vitest'
import { guessColumns } from '../../../server/imports/fields.ts'
import { Places } from '../../../server/imports/places.ts'
import { rowReader } from '../../../server/imports/rows.ts'

const village = { id: 7, code: 'QJ-01', name: '柳溪村', local_name: null, above: '柳溪镇', path: '1.2.7', level: 'village', nature: 'administration', closed_on: null }
const words = { categories: [], groups: [{ id: 'special_groups', zh: '残疾人', en: 'Disabled', byAge: false }], unitKinds: [], forms: [], roles: [] }

/** A row of a list of people with these columns besides name, birth and home. */
function read(columns: Record<string, string>) {
  const cells = { 姓名: '小宝', 出生年份: '2019', 居住地: '柳溪村', ...columns }
  const reader = rowReader({ kind: 'persons', columns: guessColumns('persons', Object.keys(cells)), fixed: {}, unitId: 2, places: new Places([village] as never, '1.2'), words, today: '2026-11-30',
    readIdNumber: () => 'id_number_length' })
  const { staged, refusals } = reader({ line: 2, cells: Object.values(cells) })!
  return { staged, refusals: refusals.map(({ field, code }) => `${field} ${code}`) }
}

describe('a guardian', () => {
  it.each([['母亲', '是', 'mother', true], ['爷爷', '同意', 'grandparent', true], ['其他', '否', 'other', false]])('%s, %s', (relation, consent, expected, agreed) => {
    expect(read({ 家长手机号: '13911112222', 监护关系: relation, 监护人同意: consent }).staged).toMatchObject({ guardian_relation: expected, guardian_consent: agreed })
  })

  it('agreed to nothing where the list does not say so', () => {
    const { staged, refusals } = read({ 家长手机号: '13911112222', 监护关系: '父亲', 监护人同意: '' })
    expect([staged.guardian_consent, refusals]).toEqual([undefined, []])
    expect(read({ 监护关系: '邻居', 监护人同意: '大概' }).refusals).toEqual(['guardianRelation import_choice_unknown', 'guardianConsent import_choice_unknown'])
  })
})

describe('the session that a list is of', () => {
  const of = (number: string, hours = '2') => {
    const cells = { 姓名: '王秀英', 出生年份: '1955', 居住地: '柳溪村', 日期: '2026-11-20', 学时: hours, 场次编号: number }
    const reader = rowReader({ kind: 'participation', columns: guessColumns('participation', Object.keys(cells)), fixed: {}, unitId: 2, places: new Places([village] as never, '1.2'), words, today: '2026-11-30',
      readIdNumber: () => 'id_number_length' })
    const { staged, refusals } = reader({ line: 2, cells: Object.values(cells) })!
    return [staged.session_id, ...refusals.map(({ field, code }) => `${field} ${code}`)]
  }
  it.each([['128', 128], [' 1２8 ', 128], ['', undefined]])('%j is a number', (text, number) => expect(of(text)).toEqual([number]))
  it.each(['第3场', '0', '-4', '12.5', '1234567890123456'])('%j is none', text => expect(of(text)).toEqual([undefined, 'session import_session_number']))

  it('has its own hours; without one the list says them', () => {
    expect(of('128', '')).toEqual([128])
    expect(of('', '')).toEqual([undefined, 'hours import_hours_missing'])
  })
})

describe('groups', () => {
  const group = { 人群: '残疾人', 人群来源: '残联名册' }
  it('have the days that are written', () => {
    expect(read({ ...group, 人群起始日期: '2025年3月1日', 人群截止日期: '2025-12-31' }).staged).toMatchObject({ groups_from: '2025-03-01', groups_to: '2025-12-31' })
  })

  it.each([[{ 人群起始日期: '2026-12-01' }, 'groupsFrom import_date_future'], [{ 人群起始日期: '2026-05-01', 人群截止日期: '2026-04-30' }, 'groupsTo dates_reversed'],
    [{ 人群截止日期: '2026-11-29' }, 'groupsTo dates_reversed'], [{ 人群起始日期: '去年' }, 'groupsFrom import_date_unreadable']])('%j is refused', (columns, refused) => {
    expect(read({ ...group, ...columns }).refusals).toEqual([refused])
  })
})

describe('what a training cost', () => {
  const training = (columns: Record<string, string>) => {
    const cells = { 姓名: '王秀英', 出生年份: '1954', 居住地: '柳溪村', 日期: '2026-03-05', 学时: '2', ...columns }
    const reader = rowReader({ kind: 'participation', columns: guessColumns('participation', Object.keys(cells)), fixed: {}, unitId: 2, places: new Places([village] as never, '1.2'), words, today: '2026-11-30',
      readIdNumber: () => 'id_number_length' })
    const { staged, refusals } = reader({ line: 2, cells: Object.values(cells) })!
    return { fee: staged.fee_fen, forProfit: staged.for_profit, refusals: refusals.map(({ field, code }) => `${field} ${code}`) }
  }

  it.each([['380', '是', 38_000, true], ['免费', '否', 0, false], ['1280.50元', '', 128_050, undefined], ['', '', undefined, undefined]])('%s, %s', (fee, profit, expected, forProfit) => {
    expect(training({ 收费: fee, 是否营利: profit })).toEqual({ fee: expected, forProfit, refusals: [] })
  })

  it('is refused where nobody can read it', () => {
    expect(training({ 收费: '面议', 是否营利: '也许' }).refusals).toEqual(['fee import_fee_invalid', 'forProfit import_choice_unknown'])
    expect(training({ 收费: '10000' }).refusals).toEqual(['fee import_fee_invalid'])
  })
})
