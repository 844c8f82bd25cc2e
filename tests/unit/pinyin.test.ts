import { expect, it } from 'vitest'
import { soundOf, tidySound } from '../../server/people/pinyin.ts'

it.each([
  ['王秀英', 'wang xiu ying', 'wxy'], ['单雄信', 'shan xiong xin', 'sxx'], ['曾国藩', 'zeng guo fan', 'zgf'], ['欧阳修', 'ou yang xiu', 'oyx'],
  ['吕布', 'lv bu', 'lb'], ['买买提·吐尔逊', 'mai mai ti tu er xun', 'mmttex'], ['Anna Li', 'anna li', 'al'], ['仇和', 'qiu he', 'qh'], ['１２３', '', ''],
])('%s sounds like %s', (name, pinyin, initials) => {
  expect(soundOf(name)).toEqual({ pinyin, initials })
})

it('a place has no surname', () => {
  expect([soundOf('解放村', 'place').pinyin, soundOf('清溪镇', 'place').initials]).toEqual(['jie fang cun', 'qxz'])
})

it('what staff type is stored alike', () => {
  expect(tidySound('  Lǚ  Bù')).toEqual({ pinyin: 'lv bu', initials: 'lb' })
  expect(tidySound('Shàn, Xióng-xìn')).toEqual({ pinyin: 'shan xiong xin', initials: 'sxx' })
})
