import { describe, expect, it } from 'vitest'
import activitiesEn from '../../i18n/activities/en.json' with { type: 'json' }
import myActivitiesEn from '../../i18n/activities/mine/en.json' with { type: 'json' }
import myActivitiesZh from '../../i18n/activities/mine/zh-CN.json' with { type: 'json' }
import activitiesZh from '../../i18n/activities/zh-CN.json' with { type: 'json' }
import activityEmbedEn from '../../i18n/activities/embed/en.json' with { type: 'json' }
import activityEmbedZh from '../../i18n/activities/embed/zh-CN.json' with { type: 'json' }
import activityToldEn from '../../i18n/activities/told/en.json' with { type: 'json' }
import activityToldZh from '../../i18n/activities/told/zh-CN.json' with { type: 'json' }
import bankEn from '../../i18n/bank/en.ts'
import bankZh from '../../i18n/bank/zh-CN.ts'
import linesEn from '../../i18n/bank/told/en.json' with { type: 'json' }
import linesZh from '../../i18n/bank/told/zh-CN.json' with { type: 'json' }
import certificatesEn from '../../i18n/certificates/en.json' with { type: 'json' }
import certificatesZh from '../../i18n/certificates/zh-CN.json' with { type: 'json' }
import checkInEn from '../../i18n/check-in/en.json' with { type: 'json' }
import checkInZh from '../../i18n/check-in/zh-CN.json' with { type: 'json' }
import deskEn from '../../i18n/desk/en.ts'
import deskZh from '../../i18n/desk/zh-CN.ts'
import drawsEn from '../../i18n/draws/en.json' with { type: 'json' }
import drawsZh from '../../i18n/draws/zh-CN.json' with { type: 'json' }
import feedbackEn from '../../i18n/feedback/en.json' with { type: 'json' }
import feedbackZh from '../../i18n/feedback/zh-CN.json' with { type: 'json' }
import myCalendarEn from '../../i18n/my-calendar/en.json' with { type: 'json' }
import myCalendarZh from '../../i18n/my-calendar/zh-CN.json' with { type: 'json' }
import calendarToldEn from '../../i18n/my-calendar/told/en.json' with { type: 'json' }
import calendarToldZh from '../../i18n/my-calendar/told/zh-CN.json' with { type: 'json' }
import meritsEn from '../../i18n/merits/en.ts'
import meritsZh from '../../i18n/merits/zh-CN.ts'
import errorsEn from '../../i18n/errors/en.ts'
import errorsZh from '../../i18n/errors/zh-CN.ts'
import volunteersEn from '../../i18n/volunteers/en.json' with { type: 'json' }
import volunteersZh from '../../i18n/volunteers/zh-CN.json' with { type: 'json' }
import serviceToldEn from '../../i18n/volunteers/told/en.json' with { type: 'json' }
import serviceToldZh from '../../i18n/volunteers/told/zh-CN.json' with { type: 'json' }
import en from '../../i18n/en.json' with { type: 'json' }
import zh from '../../i18n/zh-CN.json' with { type: 'json' }
import venuesEn from '../../i18n/venues/en.json' with { type: 'json' }
import venuesZh from '../../i18n/venues/zh-CN.json' with { type: 'json' }

const textsOf = (tree: object, prefix = ''): [key: string, text: string][] => Object.entries(tree).flatMap(([key, value]) =>
  typeof value === 'string' ? [[prefix + key, value] as [string, string]] : textsOf(value as object, `${prefix}${key}.`))
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

describe.each([
  { face: 'the residents\' pages', chinese: new Map(textsOf(zh)), english: new Map(textsOf(en)) },
  { face: 'the credit bank', chinese: new Map(textsOf(bankZh)), english: new Map(textsOf(bankEn)) },
  { face: 'the lines of an account', chinese: new Map(textsOf(linesZh)), english: new Map(textsOf(linesEn)) },
  { face: 'levels, awards and recognition', chinese: new Map(textsOf(meritsZh)), english: new Map(textsOf(meritsEn)) },
  { face: 'certificates', chinese: new Map(textsOf(certificatesZh)), english: new Map(textsOf(certificatesEn)) },
  { face: 'activities', chinese: new Map(textsOf({ ...activitiesZh, ...myActivitiesZh, ...feedbackZh, ...venuesZh, ...activityToldZh, ...activityEmbedZh })), english: new Map(textsOf({ ...activitiesEn, ...myActivitiesEn, ...feedbackEn, ...venuesEn, ...activityToldEn, ...activityEmbedEn })) },
  { face: 'refusals', chinese: new Map(textsOf(errorsZh)), english: new Map(textsOf(errorsEn)) },
  { face: 'draws and missed seats', chinese: new Map(textsOf(drawsZh)), english: new Map(textsOf(drawsEn)) },
  { face: 'volunteers', chinese: new Map(textsOf({ ...volunteersZh, ...serviceToldZh })), english: new Map(textsOf({ ...volunteersEn, ...serviceToldEn })) },
  { face: 'one\'s calendar', chinese: new Map(textsOf({ ...myCalendarZh, ...calendarToldZh })), english: new Map(textsOf({ ...myCalendarEn, ...calendarToldEn })) },
  { face: 'checking in', chinese: new Map(textsOf(checkInZh)), english: new Map(textsOf(checkInEn)) },
  { face: 'the desk', chinese: new Map(textsOf(deskZh)), english: new Map(textsOf(deskEn)) },
])('$face in both languages', ({ chinese, english }) => {
  it('have the same texts', () => {
    expect(chinese.size).toBeGreaterThan(20)
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('leave no text empty', () => {
    for (const texts of [chinese, english]) expect([...texts].filter(([, text]) => text.trim() === '').map(([key]) => key)).toEqual([])
  })

  it('name the same values', () => {
    for (const [key, text] of chinese) for (const form of english.get(key)!.split(' | ')) expect(placeholders(form), key).toEqual(placeholders(text))
  })

  it('keep to their language', () => {
    expect([...english].filter(([, text]) => /\p{Script=Han}/u.test(text)).map(([key]) => key)).toEqual([])
    expect([...chinese].filter(([, text]) => /^[\w ,.'?!]+$/.test(text) && /[a-z]{3}/i.test(text)).map(([key]) => key)).toEqual([])
  })
})
