import type { H3Event } from 'h3'
import { UnitParams } from '~~/shared/schemas/desk'

const LARGEST = 5 * 1024 * 1024

/**
 * The photo of a unit's plaque: JPEG, PNG or WebP of 5 MB at most, told by its content; what is not the picture (place,
 * time, camera) is left out. 413 `photo_too_large`, 422 `photo_invalid`.
 */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event, 'network')
  await requireUnit(desk, code, 'network')
  try {
    const { file } = await readFormFile(event, 'photo', LARGEST, 'photo_too_large')
    const name = await keepPhoto(file)
    await answerOf(desk.database.rpc('change_unit', { unit_code: code, mode: 'changed', from_day: chinaToday(), details: { plaque_photo: name } }))
    if (isPlain(event)) return await sendRedirect(event, `/desk/network/${code}`, 303)
    return { photo: name }
  }
  catch (error) {
    const { data, statusCode } = error as { data?: { code: string, details: Record<string, unknown> }, statusCode: number }
    if (!isPlain(event) || !data?.code || statusCode >= 500) throw error
    leaveFlash(event, { ...data, details: { ...data.details, field: 'photo' }, typed: {} })
    return await sendRedirect(event, `/desk/network/${code}`, 303)
  }
})

/** Sent by the browser itself, which shows what is answered. */
function isPlain(event: H3Event): boolean { return (getHeader(event, 'accept') ?? '').includes('text/html') }
