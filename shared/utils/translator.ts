import { compile, createCoreContext, registerMessageCompiler, registerMessageResolver, resolveValue, translate, type CoreContext } from '@intlify/core-base'

/** The dotted keys of a catalogue. */
export type MessageKeys<T, Prefix extends string = ''> = { [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : MessageKeys<T[K], `${Prefix}${K}.`> }[keyof T & string]
export type Translate<Key extends string> = (key: Key, values?: Record<string, unknown>) => string

registerMessageCompiler(compile)
registerMessageResolver(resolveValue)

/** Says a message of a catalogue, with values in its braces; a key that is not there comes back as it is. */
export function createTranslator<Catalogue extends object>(lang: string, messages: Catalogue): Translate<MessageKeys<Catalogue>> {
  const context = createCoreContext({ locale: lang, messages: { [lang]: messages as never }, missingWarn: false, fallbackWarn: false }) as CoreContext
  return (key, values = {}) => String(translate(context, key, values))
}
