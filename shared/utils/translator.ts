/** The dotted keys of a catalogue. */
export type MessageKeys<T, Prefix extends string = ''> = { [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : MessageKeys<T[K], `${Prefix}${K}.`> }[keyof T & string]
export type Translate<Key extends string> = (key: Key, values?: Record<string, unknown>) => string

/**
 * Says a message of a catalogue, with values in its braces; a key that is not there comes back as it is. A message of
 * two forms, `{count} lesson | {count} lessons`, is chosen by `count`. That is all our texts need, and a library that
 * can do more costs a phone 9 KB.
 */
export function createTranslator<Catalogue extends object>(messages: Catalogue): Translate<MessageKeys<Catalogue>> {
  return (key, values = {}) => {
    const message = String(key).split('.').reduce<unknown>((branch, part) => (branch as Record<string, unknown> | undefined)?.[part], messages)
    if (typeof message !== 'string') return key
    const [one, many = one] = message.split(' | ')
    return (Number(values.count) === 1 ? one : many)!.replace(/\{(\w+)\}/g, (braces, name: string) => name in values ? String(values[name]) : braces)
  }
}
