import { expect, it } from 'vitest'
import deskEn from '../../i18n/desk/en.json' with { type: 'json' }
import deskZh from '../../i18n/desk/zh-CN.json' with { type: 'json' }

function keysOf(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) => typeof value === 'string' ? `${prefix}${key}` : keysOf(value, `${prefix}${key}.`))
}

it('the desk says everything in both languages', () => {
  expect(keysOf(deskEn).sort()).toEqual(keysOf(deskZh).sort())
})
