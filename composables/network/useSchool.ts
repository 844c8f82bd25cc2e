/** A school, or a place of the network with its schools. */
export function useSchool(code: MaybeRefOrGetter<string>) {
  return useFetch(() => `/api/schools/${toValue(code)}`, { key: () => `school:${toValue(code)}` })
}
