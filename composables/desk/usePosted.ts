/** The fields of a plain form that was sent to this page; nothing once the page is alive, or when it was only opened. */
export function usePosted(): Record<string, string> | undefined {
  return useRequestEvent()?.context.posted as Record<string, string> | undefined
}
