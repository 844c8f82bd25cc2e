import type { DeskMessageKey } from './useDeskTranslate'

/** A form of the desk: as useForm, with the desk's own refusals. */
export function useDeskForm<Name extends string>(initial: Record<Name, string>, done: (answer: unknown, action: string) => unknown) {
  const t = useDeskTranslate()
  return useForm(initial, done, (key, values) => t(key as DeskMessageKey, values))
}
