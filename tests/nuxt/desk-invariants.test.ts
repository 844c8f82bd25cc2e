import { mountSuspended } from '@nuxt/test-utils/runtime'
import { beforeAll, expect, it } from 'vitest'
import DeskInvariants from '~/components/desk/DeskInvariants.vue'
import { CREDIT_INVARIANTS } from '~~/shared/utils/credit-invariants'
import type { CreditCheck, CreditOffender } from '~~/shared/types/credits'

beforeAll(loadDeskTexts)

const rowsOf = async (check: CreditCheck | null, offenders: CreditOffender[] = []) => (await mountSuspended(DeskInvariants, { props: { check, offenders } })).findAll('tbody tr')

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

it('says whose and what a breach is, leads there and says what to do; of one that nobody named it has the number', async () => {
  const rows = await rowsOf({
    id: 1, isRunning: false, beganAt: '2026-03-01T00:00:00Z', endedAt: '2026-03-01T00:00:02Z', postings: 9, legs: 9, faults: 2, parts: 1,
    found: [{ invariant: 'credits_are_rate', subject: '7:2' }, { invariant: 'credits_are_rate', subject: '8:2' }],
    done: [{ part: 'rates', at: '2026-03-01T00:00:01Z', counts: { credits_are_rate: 2 } }, { part: 'ledger', at: '2026-03-01T00:00:01Z', counts: {} }],
  }, [{ invariant: 'credits_are_rate', subject: '7:2', said: '王秀英 · 学员的账', links: [{ label: '看他的账', to: '/desk/credits/corrections/7' }] }])
  const [broken] = rows.filter(row => row.find('details').exists())
  expect(broken!.text()).toContain('王秀英 · 学员的账')
  expect(broken!.get('a').attributes('href')).toBe('/desk/credits/corrections/7')
  expect(broken!.findAll('code').map(code => code.text())).toEqual(['7:2', '8:2'])
  expect(broken!.text()).toContain('怎么办：在“规则更正与重算”里给这位学员重新计算')
})
