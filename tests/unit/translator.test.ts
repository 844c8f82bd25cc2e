import { describe, expect, it } from 'vitest'
import { createTranslator } from '../../shared/utils/translator'

describe('a translator', () => {
  const t = createTranslator({ a: { b: 'Hello {name}' }, lessons: '{count} lesson | {count} lessons' })

  it('fills in values', () => expect(t('a.b', { name: 'Ana' })).toBe('Hello Ana'))
  it('leaves braces whose value is missing', () => expect(t('a.b')).toBe('Hello {name}'))
  it.each([[0, '0 lessons'], [1, '1 lesson'], [2, '2 lessons']])('chooses the form for %i', (count, text) => expect(t('lessons', { count })).toBe(text))
  it('gives back a key that is not there', () => expect(t('a.c' as 'a.b')).toBe('a.c'))
  it('does not take a branch for a text', () => expect(t('a' as 'a.b')).toBe('a'))
})
