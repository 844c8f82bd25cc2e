// How a name sounds, for the search by pinyin. On the server only: the dictionary alone is 150 KB.
import { pinyin as read } from 'pinyin-pro'

export interface Sound { pinyin: string, initials: string }

/** 'wang xiu ying' and 'wxy'; a surname is read as a surname (单 shan), the name of a place is none (解放村 jie fang cun). What has no sound is left out. */
export function soundOf(name: string, of: 'person' | 'place' = 'person'): Sound {
  const parts = read(name.normalize('NFKC').replace(/[·•．.]/g, ' ').trim(), { toneType: 'none', type: 'array', surname: of === 'person' ? 'head' : 'off', v: true, nonZh: 'consecutive' })
  return tidySound(parts.join(' '))
}

/** What staff typed or a reading gave, as it is stored: lower case, without tones, syllables apart. */
export function tidySound(text: string): Sound {
  const syllables = text.normalize('NFD').replace(/[uU]\u0308/g, 'v').replace(/[\u0300-\u036f]/g, '').toLowerCase().split(/[^a-z]+/).filter(Boolean)
  return { pinyin: syllables.join(' ').slice(0, 200), initials: syllables.map(syllable => syllable[0]).join('').slice(0, 40) }
}
