import type { UnitLevel } from '~~/shared/types/desk'
import type { Supabase } from '../database'

const LETTERS = /^[a-züÜ\s']+$/i
const MOST_NAMES = 200
const sounds = new Map<string, ReturnType<typeof soundOf>>()

/** Units within a sight by name, pinyin, initials or code. */
export async function findUnits(database: Supabase, asked: { words: string, sight: 'desk' | 'figures', administrationsOnly: boolean, size: number, skip: number }) {
  const words = asked.words.normalize('NFKC')
  const sounding = LETTERS.test(words) ? await namesSounding(await answerOf(database.rpc('unit_names', { sight: asked.sight })), words) : []
  const rows = await answerOf(database.rpc('find_units', { words, sight: asked.sight, sounding, administrations_only: asked.administrationsOnly, page_size: asked.size, skip: asked.skip }))
  return {
    total: rows[0]?.total ?? 0,
    units: rows.map(row => ({
      code: row.code!, name: row.name!, localName: row.local_name, kindZh: row.kind_zh!, kindEn: row.kind_en!, isAdministration: row.nature === 'administration',
      level: row.level as UnitLevel, closedOn: row.closed_on, above: row.above ?? [],
    })),
  }
}

/** The names that sound as what was typed from any of their syllables on: `qingxi`, `qing xi` and `qx` of 临江清溪镇. */
export async function namesSounding(names: readonly string[], typed: string): Promise<string[]> {
  const letters = tidySound(typed).pinyin.replaceAll(' ', '')
  const found: string[] = []
  let heard = 0
  for (const name of names) {
    if (!sounds.has(name)) {
      sounds.set(name, soundOf(name, 'place'))
      // The first search reads thousands of names: others are answered meanwhile.
      if (++heard % 200 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    const { pinyin, initials } = sounds.get(name)!
    const syllables = pinyin.split(' ')
    if (letters && (initials.includes(letters) || syllables.some((_, at) => syllables.slice(at).join('').startsWith(letters)))) found.push(name)
    if (found.length === MOST_NAMES) break
  }
  return found
}
