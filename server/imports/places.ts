// Places as people write them: a code, a name, a name with the town or the county before it.
import { plain, type Read } from './cells.ts'

export interface Place {
  id: number
  code: string
  name: string
  local_name: string | null
  above: string | null
  path: string
  level: string
  nature: string
  closed_on: string | null
}

export class Places {
  private readonly byCode = new Map<string, Place>()
  private readonly byName = new Map<string, Place[]>()
  private readonly inside: string

  /** @param inside The path of the unit of the import: of two places with one name the one in there is meant. */
  constructor(places: readonly Place[], inside: string) {
    this.inside = inside
    for (const place of places) {
      this.byCode.set(place.code.toLowerCase(), place)
      for (const name of new Set([place.name, place.local_name])) if (name) this.byName.set(key(name), [...this.byName.get(key(name)) ?? [], place])
    }
  }

  /** @param wanted Which kind of place will do. */
  find(cell: string, township: string, wanted: (place: Place) => boolean): Read<Place> {
    const text = plain(cell)
    const byCode = this.byCode.get(text.toLowerCase())
    if (byCode) return wanted(byCode) ? byCode : { wrong: 'import_place_wrong_kind' }
    const [found, said] = this.named(key(text), wanted)
    if (!found.length) return { wrong: 'import_place_unknown' }
    const above = key(township) || said
    const narrowed = [
      (place: Place) => above === '' || (place.above !== null && (above.includes(key(place.above)) || key(place.above).includes(above))),
      (place: Place) => place.closed_on === null,
      (place: Place) => place.path === this.inside || place.path.startsWith(`${this.inside}.`),
    ].reduce((left, test) => left.length > 1 && left.some(test) ? left.filter(test) : left, found)
    if (key(township) && !narrowed.some(place => place.above !== null && key(place.above).includes(key(township)))) return { wrong: 'import_place_unknown' }
    return narrowed.length === 1 ? narrowed[0]! : { wrong: 'import_place_ambiguous', details: { places: narrowed.length } }
  }

  /** The places of a name, and what stood before it: 安溪县柳溪镇柳溪村 is 柳溪村 of 安溪县柳溪镇. */
  private named(text: string, wanted: (place: Place) => boolean): [Place[], string] {
    for (let from = 0; from < text.length - 1; from++) {
      const found = (this.byName.get(text.slice(from)) ?? []).filter(wanted)
      if (found.length) return [found, text.slice(0, from)]
    }
    return [[], '']
  }
}

function key(name: string): string {
  return plain(name).replaceAll(' ', '').toLowerCase()
}
