import type { Labelled } from '../types/desk'
import type { Translate } from './translator'

type Word = 'network.area.urban' | 'network.area.rural' | `channel.${'onsite' | 'web' | 'wechat_h5' | 'group'}`
  | `periods.figures.${'person_times' | 'hours' | 'hours_per_person' | 'head_counts' | 'reached_organised' | 'taught' | 'volunteers_served' | 'reached' | 'area' | 'channel' | 'category'}`

interface Words { t: Translate<Word>, word: (zh: string, en: string) => string, groups: readonly Labelled[], categories: readonly Labelled[] }

/** What a figure of a report is called. */
export function reportFigureName(code: string, { t, word, groups, categories }: Words): string {
  const [kind, id] = code.split(':') as [string, string?]
  if (kind === 'reached' || kind === 'category') {
    const named = (kind === 'reached' ? groups : categories).find(one => one.id === id)
    return t(`periods.figures.${kind}`, { name: named ? word(named.zh, named.en) : id })
  }
  if (kind === 'area') return t('periods.figures.area', { name: t(id === 'urban' ? 'network.area.urban' : 'network.area.rural') })
  if (kind === 'channel') return t('periods.figures.channel', { name: t(`channel.${id as 'web'}`) })
  return t(`periods.figures.${kind as 'hours'}`)
}

/** Whether a figure is a number of people among a population. */
export function isReportRate(code: string): boolean {
  return /^(?:reached|area|category):|^(?:reached_organised|volunteers_served)$/.test(code)
}
