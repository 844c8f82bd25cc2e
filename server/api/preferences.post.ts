import { z } from 'zod'

const Change = z.object({
  lang: z.enum(['zh-CN', 'en']).optional(),
  mode: z.enum(['standard', 'elder']).optional(),
  size: z.enum(['1', '2', '3']).optional(),
})

const YEAR_SECONDS = 365 * 24 * 60 * 60

/** Keeps how this browser reads: language, 长辈版, text size. */
export default formHandler(async (event) => {
  const change = await readInput(event, Change)
  for (const [name, value] of Object.entries(change))
    if (value) setCookie(event, name, value, { maxAge: YEAR_SECONDS, sameSite: 'lax', path: '/' })
  return change
}, event => localPath(getHeader(event, 'referer')))
