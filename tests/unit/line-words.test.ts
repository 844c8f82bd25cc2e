import { expect, it } from 'vitest'
import linesEn from '../../i18n/bank/told/en.json' with { type: 'json' }
import linesZh from '../../i18n/bank/told/zh-CN.json' with { type: 'json' }
import { type LineFacts, lineWords } from '../../server/utils/credits/line-words.ts'
import { createTranslator } from '../../shared/utils/translator.ts'

const zh = lineWords(createTranslator(linesZh), 'zh-CN')
const en = lineWords(createTranslator(linesEn), 'en')
const line = (of: Partial<LineFacts>): LineFacts => ({
  kind: 'award', outcome: 'posted', reason: null, decision: null, recounted: null, rule: '参加现场学习', ground: null, isOthers: false, askedMinutes: 60, minutes: 60, milliCreditsPerMinute: 20,
  milliCredits: 1200, owedMilliCredits: 0, ...of,
})
const GRANT = { kind: 'grant', rule: '工作人员更正', decision: '签到表上有', askedMinutes: 0, minutes: 0, milliCreditsPerMinute: 0 }

it.each<[string, Partial<LineFacts>, string, string]>([
  ['minutes and rate', {}, '参加现场学习', '60 分钟 × 0.02'],
  ['what a cap left out', { outcome: 'clipped', reason: 'cap_day', minutes: 40 }, '参加现场学习', '60 分钟完成，计 40 分钟 × 0.02：当日上限'],
  ['a cap that was full', { outcome: 'refused', reason: 'cap_day', minutes: 0, milliCredits: 0 }, '参加现场学习', '60 分钟完成，没有计入：当日上限'],
  ['a day without a rule', { outcome: 'refused', reason: 'no_rule_in_force', minutes: 0, milliCredits: 0, milliCreditsPerMinute: 0 }, '参加现场学习', '60 分钟完成，没有计入：当天没有生效的规则'],
  ['another record of that time', { outcome: 'refused', reason: 'other_record_then', minutes: 0, milliCredits: 0, milliCreditsPerMinute: 0 }, '参加现场学习', '60 分钟完成，没有计入：同一时间已经有另一条学习记录计过学分'],
  ['a fixed amount', { minutes: 0, askedMinutes: 0, milliCreditsPerMinute: 0, milliCredits: 500 }, '参加现场学习', '按次计，每次 0.5 学分'],
  ['a fixed amount that paid a debt', { minutes: 0, askedMinutes: 0, milliCreditsPerMinute: 0, milliCredits: 200, owedMilliCredits: -300 }, '参加现场学习', '按次计，每次 0.5 学分；其中 0.3 学分还了以前欠的'],
  ['what two of the staff added', { ...GRANT, ground: { kind: 'decision', why: 'record_missing' } }, '工作人员更正', '记录漏了，经两位工作人员核实补记：签到表上有'],
  ['a certificate, of which a cap left some out', { ...GRANT, rule: '校外学习成果认定', outcome: 'clipped', reason: 'cap_year', ground: { kind: 'recognition', case: 3 } }, '校外学习成果认定', '证书经两位工作人员审核认定：签到表上有（本年上限，没有全计）'],
  ['what is taken back', { kind: 'reversal', reason: 'posted_wrongly', decision: '另一个人', milliCredits: -1200, ground: { kind: 'session', postedOn: '2026-05-12' } }, '更正：撤回2026年5月12日记的“参加现场学习”', '记错了，经两位工作人员核实撤回：另一个人'],
  ['what was used', { kind: 'application', rule: null, milliCredits: -500 }, '已用于申请成果', '换成果用掉了，留在您的成绩单上'],
  ['a reward that was given back', { kind: 'release', rule: null, ground: { kind: 'reward', ended: 'returned' } }, '兑换退回', '您退回了'],
  ['records that became one', { kind: 'merge', rule: null, reason: 'persons_merged', milliCredits: 0 }, '合并重复登记的档案', '两份档案合为一份，各自的学分合在一起，总数不变'],
  ['what was posted for a record that is another person’s again', { isOthers: true }, '参加现场学习', '两份档案合在一起时替另一份档案记的，内容只有那一份看得到'],
])('says of %s for what it is and why it is as much', (_, of, what, why) => {
  expect([zh.what(line(of)), zh.why(line(of))]).toEqual([what, why])
  // In the reader's language, but for what people wrote.
  expect(en.why(line(of)).replace(of.decision ?? '', '')).not.toMatch(/\p{Script=Han}/u)
})
