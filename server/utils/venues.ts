import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { VenueAtDesk } from '~~/shared/types/venues'
import type { Supabase } from './database'

/** A venue whole, for the desk. 404 `venue_unknown`. */
export async function venueAtDesk(database: Supabase, id: number, year = thisYear()): Promise<VenueAtDesk> {
  return await answerOf(database.rpc('venue_at_desk', { of_venue_id: id, of_year: year })) as unknown as VenueAtDesk
}

/** Keeps a photo among the media under the name of its content, without what is not the picture. 422 `photo_invalid`. */
export async function keepPhoto(file: Uint8Array | null): Promise<string> {
  const photo = file && cleanPhoto(file)
  if (!photo) throw refusal(422, 'photo_invalid', { field: 'photo' })
  const name = `${createHash('sha256').update(photo.bytes).digest('hex')}.${photo.extension}`
  const folder = join(portalSettings().dataDir, 'media')
  await mkdir(folder, { recursive: true })
  // Whole or not at all: a reader never meets half a file.
  const unfinished = join(folder, `.${name}.${process.pid}.${Date.now()}`)
  await writeFile(unfinished, photo.bytes)
  await rename(unfinished, join(folder, name))
  return name
}
