/** The browser's database of the check-in desk (utils/door-store.ts). */
export const DOOR_DATABASE = 'linxue-door'

/**
 * Sends a form that signs out. What the device kept of sessions for work without network goes first; the code for it is fetched only
 * where something is kept, which no resident's phone does.
 */
export async function signOut(event: Event): Promise<void> {
  const form = event.target as HTMLFormElement
  try {
    // Old browsers do not say what they keep.
    const kept = await indexedDB.databases?.()
    if (!kept || kept.some(({ name }) => name === DOOR_DATABASE)) await (await import('./door-store')).forgetDoor()
  }
  catch { /* without a database there is no list */ }
  form.submit()
}
