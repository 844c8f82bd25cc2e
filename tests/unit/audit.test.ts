// Whatever is written into the audit log has words: told from the calls that write it, in SQL and in the server.
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import zh from '../../i18n/desk/zh-CN/audit.json' with { type: 'json' }

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (...patterns: string[]) => globSync(patterns, { cwd: root }).map(file => readFileSync(`${root}/${file}`, 'utf8')).join('\n')
const migrations = read('supabase/migrations/*.sql').replace(/^\s*--.*$/gm, '')
const { actions, subjects, details } = zh.audit

/** The arguments of every call of a function, each as it is written. */
function callsOf(name: string, text: string): string[][] {
  return [...text.matchAll(new RegExp(`(?<!function )${name.replace('.', '\\.')}\\(`, 'g'))].map((match) => {
    const found: string[] = []
    let [depth, isText, from, at] = [1, false, match.index + match[0].length, match.index + match[0].length]
    for (; depth > 0 && at < text.length; at++) {
      const sign = text[at]
      if (sign === '\'') isText = !isText
      if (isText) continue
      if ('([{'.includes(sign!)) depth++
      if (')]}'.includes(sign!)) depth--
      if (depth === 0 || (depth === 1 && sign === ',')) {
        found.push(text.slice(from, at).trim())
        from = at + 1
      }
    }
    return found
  })
}

const calls = callsOf('private.audit', migrations)
/** What a call says: the words themselves, or those of a choice, without the values it is chosen by. */
const wordsOf = (text: string) => [...text.matchAll(/(?:^|then |else )'([a-z_]+)'/g)].map(([, word]) => word!)
const without = (words: string[], known: object) => [...new Set(words)].filter(word => !(word in known))

it('every act that is written down has words', () => {
  const acts = calls.flatMap(([action = '']) => wordsOf(action))
  expect(new Set(acts).size).toBeGreaterThan(70)
  expect(without(acts, actions)).toEqual([])
})

it('so has every kind of thing that it is done to', () => {
  const kinds = calls.flatMap(([, kind = '']) => wordsOf(kind))
  expect(new Set(kinds).size).toBeGreaterThan(15)
  expect(without(kinds, subjects)).toEqual([])
})

it('so has every detail', () => {
  const keys = calls.flatMap(([,,,, given]) => {
    if (!given) return []
    const [built] = callsOf('jsonb_build_object', given)
    if (built) return built.filter((_, index) => index % 2 === 0).map(key => /^'(\w+)'$/.exec(key)![1]!)
    // Handed in from the server: then its calls say what is in it.
    const [, of, name] = /^(\w+)\.(\w+)$/.exec(given)!
    const handed = callsOf('rpc', read('server/**/*.ts')).filter(([called]) => called === `'${of}'`).map(([, fields]) => fields!.split(`${name}: `)[1]!)
    expect(handed.length, `${given} comes from nowhere`).toBeGreaterThan(0)
    return handed.flatMap(object => [...object.matchAll(/[{,]\s*(\w+)/g)].map(([, key]) => key!))
  })
  expect(keys).toEqual(expect.arrayContaining(['factorRoles', 'axis', 'category', 'slice', 'year', 'differences']))
  expect(without(keys, details)).toEqual([])
})

it('and so has what is written down without somebody who is signed in', () => {
  const rows = [...`${migrations}${read('stack/*.ts', 'server/**/*.ts', 'metrics/*.ts')}`.matchAll(/insert into (?:public\.)?audit_events \([^)]*\)([\s\S]*?)(?:;|`)/g)].map(([, row]) => row!)
    .filter(row => !row.includes('audit.action'))
  const words = rows.flatMap(row => [...row.matchAll(/'([a-z_]+)'/g)].map(([, word]) => word!))
  expect(words).toEqual(expect.arrayContaining(['data_key_rotated', 'data_key', 'second_factor_set']))
  expect(without(words, { ...actions, ...subjects })).toEqual([])
})
