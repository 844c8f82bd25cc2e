import type { Flash } from '~~/shared/types/flash'

/**
 * What a form sent without scripts left for this page (server/utils/forms.ts): read and cleared while the server renders,
 * gone with the next page.
 */
export function useFlash() {
  const flash = useState<Flash | null>('flash', () => null)
  if (import.meta.server) {
    const cookie = useCookie<string | null | undefined>('flash', { decode: value => value, path: '/', httpOnly: true, sameSite: 'lax' })
    if (cookie.value) {
      flash.value = readFlash(cookie.value)
      cookie.value = null
    }
  }
  else {
    onUnmounted(() => { flash.value = null })
  }
  return flash
}

function readFlash(cookie: string): Flash | null {
  try { return JSON.parse(Buffer.from(cookie, 'base64url').toString('utf8')) as Flash }
  catch { return null } // somebody else's cookie
}
