import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { remembering } from '../../server/utils/remembering.ts'

it('does not keep a reading that failed', async () => {
  const read = vi.fn(async () => 1).mockRejectedValueOnce(new Error('away'))
  const remembered = remembering(5, read)
  await expect(remembered()).rejects.toThrow('away')
  expect(await remembered()).toBe(1)
})

it('reads once for all who ask at once, and anew when the time is over', async () => {
  const read = vi.fn(async (slug: string) => slug)
  const remembered = remembering(0.5, read)
  expect(await Promise.all([remembered('a'), remembered('a'), remembered('b')])).toEqual(['a', 'a', 'b'])
  expect(read).toHaveBeenCalledTimes(2)
  await sleep(550)
  await remembered('a')
  expect(read).toHaveBeenCalledTimes(3)
})

it('does not keep that there is nothing', async () => {
  const read = vi.fn(async (): Promise<string | null> => 'there').mockResolvedValueOnce(null)
  const remembered = remembering(5, read)
  expect(await remembered()).toBeNull()
  await sleep(10)
  expect(await remembered()).toBe('there')
})
