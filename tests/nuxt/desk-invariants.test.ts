import { mountSuspended } from '@nuxt/test-utils/runtime'
import { beforeAll, expect, it } from 'vitest'
import DeskInvariants from '~/components/desk/DeskInvariants.vue'
import { CREDIT_INVARIANTS } from '~~/shared/utils/credit-invariants'
import type { CreditCheck } from '~~/shared/types/credits'

beforeAll(loadDeskTexts)

const rowsOf = async (check: CreditCheck | null) => (await mountSuspended(DeskInvariants, { props: { check } })).findAll('tbody tr')

it('names every rule before anything was checked, and says so', async () => {
  const rows = await rowsOf(null)
  expect(rows).toHaveLength(CREDIT_INVARIANTS.length)
  for (const row of rows) expect(row.get('td').text()).toBe('还没有核对')
})

it('keeps a blank between the number of a rule and its title', async () => {
  const [first] = await rowsOf(null)
  expect(first!.get('strong').text()).toBe('I1 余额等于各笔之和')
})

it('tells what waits for its turn from what was never checked', async () => {
  const rows = await rowsOf({
    id: 1, isRunning: true, beganAt: '2026-03-01T00:00:00Z', endedAt: null, postings: null, legs: null, faults: null, found: [], parts: 2,
    done: [{ part: 'reratings', at: '2026-03-01T00:00:01Z', counts: {} }],
  })
  const said = rows.map(row => row.get('td').text())
  expect(said[0]).toBe('等待')
  expect(said).toContain('0 处')
  expect(said).not.toContain('还没有核对')
})
