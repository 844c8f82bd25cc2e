/** What earns what today. */
export function useCreditRules() {
  return useFetch('/api/credits/rules', { key: 'credit-rules' })
}
