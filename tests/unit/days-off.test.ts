// Days off as a notice says them: lines are read whole, or not at all.
import { describe, expect, it } from 'vitest'
import { DaysOffEntry, readDaysOff } from '../../shared/schemas/days-off.ts'

describe('the lines of a notice', () => {
  it('say first day, last day and name, and the English one where it is known', () => {
    expect(readDaysOff('2027-02-05 2027-02-11 春节 / Spring Festival\n\n 2027-01-01 元旦\n2027-10-01至2027-10-07 国庆节')).toEqual([
      { from: '2027-02-05', until: '2027-02-11', zh: '春节', en: 'Spring Festival' },
      { from: '2027-01-01', until: '2027-01-01', zh: '元旦', en: null },
      { from: '2027-10-01', until: '2027-10-07', zh: '国庆节', en: null },
    ])
  })
  it.each(['', '2027-02-30 元旦', '2027-02-05 2027-02-01 春节', '元旦 2027-01-01', '2027-01-01', '2027-01-01 元旦\n放假'])('are refused where one is none: %j', (text) => {
    expect(readDaysOff(text)).toBeNull()
    expect(DaysOffEntry.safeParse({ year: 2027, notice: '通知', days: text }).error?.issues.map(({ message }) => message)).toEqual(['days_off_lines'])
  })
  it('have working days beside them', () => {
    const read = (working: string) => DaysOffEntry.safeParse({ year: '2027', notice: '通知', days: '2027-01-01 元旦', working })
    expect(read('2027-02-14、2027-02-20 2027-02-14').data?.working).toEqual(['2027-02-14', '2027-02-20'])
    expect(read('2027-02-14 明天').error?.issues.map(({ message }) => message)).toEqual(['days_off_working'])
  })
})
