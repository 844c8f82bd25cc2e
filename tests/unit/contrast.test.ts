import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../assets/css/main.css', import.meta.url), 'utf8')
const colours = Object.fromEntries([...css.matchAll(/--color-([a-z-]+): (#[0-9a-f]{3,6});/g)].map(([, name, value]) => [name!, value!])) as Record<string, string>
const tones = [...css.matchAll(/\[data-tone(?:="(\w+)")?\] \{ --tone: (#\w+); --tone-soft: (#\w+); \}/g)].map(([, name = 'any', text, ground]) => [name, text!, ground!] as const)

function luminance(hex: string): number {
  const long = hex.length === 4 ? [...hex.slice(1)].map(digit => digit + digit).join('') : hex.slice(1)
  const [red, green, blue] = [0, 2, 4].map(at => parseInt(long.slice(at, at + 2), 16) / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

describe('text stands out from its ground 7:1', () => {
  const grounds = ['paper', 'card', 'sand', 'brand-soft', 'warm-soft', 'gold-soft', 'danger-soft', 'white']
  it.each(grounds)('ink and soft ink on %s', (ground) => {
    expect(contrast(colours.ink!, colours[ground]!)).toBeGreaterThanOrEqual(7)
    expect(contrast(colours['ink-soft']!, colours[ground]!)).toBeGreaterThanOrEqual(7)
  })
  it.each([['brand', 'paper'], ['brand', 'card'], ['brand', 'brand-soft'], ['white', 'brand'], ['white', 'brand-deep'], ['gold', 'brand-deep'], ['danger', 'card'], ['warm', 'gold-soft']])(
    '%s on %s', (text, ground) => expect(contrast(colours[text]!, colours[ground]!)).toBeGreaterThanOrEqual(7))
  it('the colours of the categories', () => {
    expect(tones).toHaveLength(9)
    for (const [name, text, ground] of tones) expect(contrast(text, ground), name).toBeGreaterThanOrEqual(7)
  })
})

it('the frames of controls stand out 4.5:1', () => {
  for (const ground of ['white', 'paper', 'card', 'sand']) expect(contrast(colours['line-strong']!, colours[ground]!), ground).toBeGreaterThanOrEqual(4.5)
})

it('what a finger touches is 48 px, and 60 px in 长辈版', () => {
  const tap = Number(/--spacing-tap: min\(([\d.]+)rem, 68px\)/.exec(css)![1])
  const [standard, elder] = [...css.matchAll(/font-size: calc\(([\d.]+)% \* var\(--text-scale, 1\)\)/g)].map(([, percent]) => Number(percent) / 100 * 16)
  expect(standard).toBeGreaterThanOrEqual(18)
  expect(tap * standard!).toBeGreaterThanOrEqual(48)
  expect(tap * elder!).toBeGreaterThanOrEqual(60)
})
