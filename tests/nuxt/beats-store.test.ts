import { registerEndpoint } from '@nuxt/test-utils/runtime'
import { createError, readBody } from 'h3'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { useBeatsStore } from '~/stores/beats'

const WATCH = '7f3c1c0e-0000-4000-8000-000000000001'
let answer: () => unknown
let received: number[][]

registerEndpoint(`/api/watches/${WATCH}/beats`, { method: 'POST', handler: async (event) => {
  const { beats } = await readBody(event) as { beats: { seq: number }[] }
  received.push(beats.map(({ seq }) => seq))
  return answer()
} })

const beat = { ranges: [[0, 1000]] as [number, number][], rate: 1, positionMs: 1000 }
const freshStore = () => {
  setActivePinia(createPinia())
  return useBeatsStore()
}

beforeEach(() => {
  localStorage.clear()
  received = []
  answer = () => ({ watchedMs: 1000 })
})

it('sends what waits once, oldest first', async () => {
  const beats = freshStore()
  beats.begin(WATCH)
  beats.add(beat)
  beats.add(beat)
  expect(await beats.send()).toEqual({ watchedMs: 1000 })
  expect(await beats.send()).toBeNull()
  expect(received).toEqual([[1, 2]])
})

it('keeps beats over a closed page, and sends them from the next', async () => {
  const before = freshStore()
  before.begin(WATCH)
  before.add(beat)
  await freshStore().send()
  expect(received).toEqual([[1]])
})

it.each([[500, 1], [429, 1], [401, 1], [404, 0], [409, 0]])('after a %i keeps %i beat for later', async (status, kept) => {
  const beats = freshStore()
  beats.begin(WATCH)
  beats.add(beat)
  answer = () => { throw createError({ statusCode: status }) }
  await expect(beats.send()).rejects.toThrow()
  answer = () => ({ watchedMs: 1000 })
  received = []
  await beats.send()
  expect(received.flat()).toHaveLength(kept)
})
