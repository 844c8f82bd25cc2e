import { describe, expect, it } from 'vitest'
import { readBirthYear, readCount, readDay, readHours, readName, readPhone, readSex, readTime, readYear, splitWords } from '../../../server/imports/cells.ts'

const today = '2026-11-25'

describe('what people type', () => {
  it.each(['2026-03-05', '2026/3/5', '2026.3.5', '2026年3月5日', '20260305', '２０２６－０３－０５', ' 2026 年 3 月 5 日 ', '2026-3-5 00:00'])('%j is 5 March 2026', (text) => {
    expect(readDay(text)).toMatchObject({ day: '2026-03-05' })
  })
  it.each(['2026-02-30', '2026-13-01', '26-3-5', '3月5日', 'yesterday', '2026', '45000', ''])('%j is no day', text => expect(readDay(text)).toEqual({ wrong: 'import_date_unreadable' }))

  it.each([
    ['9:00', '09:00', undefined], ['09:00-11:30', '09:00', '11:30'], ['９：００－１１：００', '09:00', '11:00'], ['9点半', '09:30', undefined], ['下午2点至4点', '14:00', '16:00'],
    ['下午2:30', '14:30', undefined], ['14:00~16:00', '14:00', '16:00'], ['9:00:00', '09:00', undefined],
  ])('%j is from %s to %s', (text, from, to) => expect(readTime(text)).toEqual(to ? { from, to } : { from }))
  it.each(['25:00', '11:00-9:00', 'morning', '9:00-10:00-11:00'])('%j is no time', text => expect(readTime(text)).toEqual({ wrong: 'import_time_unreadable' }))

  it.each([['2', 2], ['1.5', 1.5], ['１．５', 1.5], ['2学时', 2], ['3 小时', 3], ['4个学时', 4]])('%j is %s hours', (text, hours) => expect(readHours(text)).toBe(hours))
  it.each([['0', 'import_hours_out_of_range'], ['25', 'import_hours_out_of_range'], ['-2', 'import_hours_unreadable'], ['两', 'import_hours_unreadable']])(
    '%j hours: %s', (text, wrong) => expect(readHours(text)).toEqual({ wrong }))

  it.each([['1260', 1260], ['1,260', 1260], ['１２６０人', 1260], ['0', 0], ['1260.0', 1260]])('%j is a count of %s', (text, count) => expect(readCount(text)).toBe(count))
  it.each(['-1', '1.5', '约1000', '12,60', '9999999999'])('%j is no count', text => expect(readCount(text)).toEqual({ wrong: 'import_count_unreadable' }))

  it.each([['1954', 1954], ['1954年', 1954], ['1954-03', 1954], ['195403', 1954], ['1954年3月', 1954], ['1954-03-02', 1954], ['19540302', 1954]])(
    '%j is born in %s', (text, year) => expect(readBirthYear(text, today)).toBe(year))
  it.each([['2027', 'import_birth_future'], ['2026-11-26', 'import_birth_future'], ['1900', 'import_birth_too_early'], ['54', 'import_birth_unreadable'], ['195413', 'import_birth_unreadable']])(
    'born %j: %s', (text, wrong) => expect(readBirthYear(text, today)).toEqual({ wrong }))

  it.each([['13912345678', '13912345678'], ['139-1234-5678', '13912345678'], ['+86 139 1234 5678', '13912345678'], ['１３９１２３４５６７８', '13912345678']])(
    '%j is a phone', (text, phone) => expect(readPhone(text)).toBe(phone))
  it.each(['1391234567', '023-12345678', '12345678901'])('%j is no phone', text => expect(readPhone(text)).toEqual({ wrong: 'import_phone_invalid' }))

  it('names lose the blanks that line them up, and never carry a formula or markup', () => {
    expect(readName('王　芳')).toBe('王芳')
    expect(readName(' 阿依古丽·买买提 ')).toBe('阿依古丽·买买提')
    expect(readName('John  Smith')).toBe('John Smith')
    for (const bad of ['=cmd()', '+1', '@sum', '<b>', '-a']) expect(readName(bad)).toEqual({ wrong: 'import_name_invalid' })
    expect(readName('王'.repeat(41))).toMatchObject({ wrong: 'import_text_too_long' })
  })

  it('reads sexes, years and lists', () => {
    expect(['女', '男 ', 'F', '1'].map(readSex)).toEqual(['female', 'male', 'female', 'male'])
    expect(readSex('不详')).toEqual({ wrong: 'import_sex_unreadable' })
    expect(['2026', '2026年', '2026年度'].map(readYear)).toEqual([2026, 2026, 2026])
    expect(splitWords('农村劳动力、 残疾人；失业/其他')).toEqual(['农村劳动力', '残疾人', '失业', '其他'])
  })
})
