import { expect, it } from 'vitest'
import bankEn from '../../i18n/bank/en.ts'
import linesEn from '../../i18n/bank/told/en.json' with { type: 'json' }
import linesZh from '../../i18n/bank/told/zh-CN.json' with { type: 'json' }
import bankZh from '../../i18n/bank/zh-CN.ts'
import type { CreditAhead, CreditBundle } from '../../shared/types/credits.ts'
import { aheadWords, courseEarnedWords } from '../../shared/utils/ahead-words.ts'
import { createTranslator } from '../../shared/utils/translator.ts'

const bundle = (of: Partial<CreditBundle> = {}): CreditBundle => ({
  rule: 'lesson_completed', day: '2026-11-30', isToday: true, minutes: 45, events: 3, basis: 'minutes', rate: 20, perMinutes: 1, wholeMilliCredits: 900, milliCredits: 900,
  pointsPerCredit: null, reason: null, caps: [], ...of,
})
const ahead = (of: Partial<CreditAhead> = {}): CreditAhead => ({ isPersonal: true, lessons: 3, done: 0, earnedMilliCredits: 0, bundles: [bundle()], ...of })
const DAY = { period: 'day' as const, amount: 100 }
const zh = aheadWords(createTranslator(bankZh), 'zh-CN')
const en = aheadWords(createTranslator(bankEn), 'en')

it('a course says how long it takes, what it brings and how that is reckoned', () => {
  expect(zh(ahead(), 'course')).toEqual({ isEarned: false, headline: '学完这门课 45 分钟，得 0.9 学分', notes: ['每学 50 分钟得 1 学分。'], brief: '得 0.9 学分' })
  expect(en(ahead(), 'lesson')).toMatchObject({ headline: 'Finish this lesson, 45 min, and earn 0.9 credits', notes: ['1 credit for every 50 minutes.'] })
})

it('what a cap leaves today is said with the cap, and so is a day that is full', () => {
  expect(zh(ahead({ bundles: [bundle({ milliCredits: 400, reason: 'cap_day', caps: [DAY] })] }), 'course'))
    .toMatchObject({ notes: ['每学 50 分钟得 1 学分。', '今天您还能得 0.4 学分（每天最多计 100 分钟）。'], brief: '现在还能得 0.4 学分' })
  expect(zh(ahead({ bundles: [bundle({ milliCredits: 0, reason: 'cap_day', caps: [DAY] })] }), 'course'))
    .toMatchObject({ notes: [expect.any(String), '今天的学分您已经得满（每天最多计 100 分钟）。今天开始学的不再计学分，明天开始学的再计。'], brief: '现在学分已得满' })
})

it('of a rule by the event amounts are credits, of the caps too', () => {
  const fixed = bundle({ basis: 'event', rate: 500, perMinutes: null, wholeMilliCredits: 1500, milliCredits: 1000, reason: 'cap_week', caps: [{ period: 'week', amount: 1200 }] })
  expect(zh(ahead({ bundles: [fixed] }), 'course')).toMatchObject({ headline: '学完这门课 45 分钟，得 1.5 学分', notes: ['每学完一节得 0.5 学分。', '这个星期您还能得 1 学分（每周最多计 1.2 学分）。'] })
})

it('visitors hear of the caps, not of what is left of them', () => {
  const limited = bundle({ milliCredits: 100, reason: 'cap_day', caps: [DAY, { period: 'year', amount: 3000 }] })
  expect(zh(ahead({ isPersonal: false, bundles: [limited] }), 'course')).toMatchObject({ notes: ['每学 50 分钟得 1 学分。', '每天最多计 100 分钟，每年最多计 3000 分钟。'], brief: '得 0.9 学分' })
})

it('a cap says of what it is, where each is counted, and from when', () => {
  const health = { period: 'year' as const, amount: 3000, firstMonth: 3, category: { zh: '健康养生', en: 'Health' }, isTightest: true }
  const school = { period: 'term' as const, amount: 600, firstMonth: 3, perInstitution: true, isTightest: false }
  const visitor = ahead({ isPersonal: false, bundles: [bundle({ caps: [school, health] })] })
  expect(zh(visitor, 'course').notes[1]).toBe('在同一所学校每学期最多计 600 分钟（三月、九月起各一学期），“健康养生”类每年最多计 3000 分钟（从三月起算一年）。')
  expect(en(visitor, 'course').notes[1]).toContain('Health: At most 3000 minutes a year (a year begins in March)')
  expect(zh(ahead({ bundles: [bundle({ milliCredits: 100, reason: 'cap_category', caps: [school, health] })] }), 'course').notes[1]).toMatch(/^这类课您一共还能得 0.1 学分（“健康养生”类/)
})

it('points come with credits', () => {
  expect(zh(ahead({ bundles: [bundle({ pointsPerCredit: 10 })] }), 'course').headline).toBe('学完这门课 45 分钟，得 0.9 学分和 9 积分')
})

it('of a course that was begun the rest is said, and what came already; lessons of an earlier day stand under that day', () => {
  const bundles = [bundle({ minutes: 30, wholeMilliCredits: 600, milliCredits: 600 }), bundle({ day: '2026-11-28', isToday: false, minutes: 10, wholeMilliCredits: 200, milliCredits: 100, reason: 'cap_day', caps: [DAY] })]
  expect(zh(ahead({ done: 1, earnedMilliCredits: 100, bundles }), 'course')).toMatchObject({
    headline: '学完剩下的 40 分钟，还能得 0.8 学分',
    notes: ['这门课您已经得了 0.1 学分。', '每学 50 分钟得 1 学分。', '2026年11月28日开始学的算在那天，还能得 0.1 学分（每天最多计 100 分钟）。'],
  })
})

it('what was earned is said instead, also when it was nothing', () => {
  expect(zh(ahead({ done: 3, earnedMilliCredits: 900, bundles: [] }), 'course')).toEqual({ isEarned: true, headline: '这门课您已经得过学分：0.9 学分', notes: [], brief: '已得 0.9 学分' })
  expect(zh(ahead({ done: 3, bundles: [] }), 'course')).toMatchObject({ headline: '这门课您已经学完，没有计学分', brief: '已学完' })
  expect(zh(ahead({ lessons: 1, done: 1, earnedMilliCredits: 200, bundles: [] }), 'lesson', '2026-11-30T10:00:00Z').headline).toBe('2026年11月30日学完。这节课您已经得过学分：0.2 学分。')
})

it('without a rule in force, or with one that gives nothing, no credits are promised', () => {
  for (const of of [{ basis: null, rate: null, perMinutes: null, wholeMilliCredits: 0, milliCredits: 0, reason: 'no_rule_in_force' }, { rate: 0, wholeMilliCredits: 0, milliCredits: 0 }])
    expect(zh(ahead({ bundles: [bundle(of)] }), 'course')).toEqual({ isEarned: false, headline: '学了会记下来，现在不计学分', notes: [], brief: null })
})

it('what a finished course brought is said with its rule, and what a cap left out with the cap', () => {
  const whole = { ruleZh: '学完一门课', ruleEn: 'A course completed', rate: 500, milliCredits: 500, reason: null }
  const [zhSay, enSay, zhLine] = [createTranslator(bankZh), createTranslator(bankEn), createTranslator(linesZh)]
  expect(courseEarnedWords(zhSay, zhLine, 'zh-CN', whole)).toBe('整门课学完了，另得 0.5 学分（学完一门课：每门 0.5 学分）。')
  expect(courseEarnedWords(enSay, createTranslator(linesEn), 'en', whole)).toBe('The whole course is done: 0.5 credits more (A course completed: 0.5 credits each).')
  expect(courseEarnedWords(zhSay, zhLine, 'zh-CN', { ...whole, milliCredits: 0, reason: 'cap_term' })).toBe('整门课学完了，按“学完一门课”每门 0.5 学分，这次计了 0 学分：本学期上限。')
})
