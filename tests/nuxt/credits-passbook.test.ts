import { mountSuspended } from '@nuxt/test-utils/runtime'
import { beforeAll, expect, it } from 'vitest'
import CreditsPassbook from '~/components/credits/CreditsPassbook.vue'
import type { PassbookLine } from '~~/shared/types/credits'

const line = (id: number, minutes: number, balanceAfterMilliCredits: number): PassbookLine => ({
  id, kind: 'award', outcome: 'posted', reason: null, decision: null, recounted: null, askedMinutes: minutes, postedAt: '2025-02-14T02:00:00Z', rule: '学完一节课', course: { slug: 'spot-the-scam', title: '识骗防骗' }, lesson: { slug: 'one', title: '三类骗局' }, ground: null,
  minutes, milliCreditsPerMinute: 20, milliCredits: minutes * 20, owedMilliCredits: 0, balanceAfterMilliCredits,
})

beforeAll(loadBankTexts)

it('shows why each line is as much as it is, and that opening and lines make the closing', async () => {
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year: 2025, openingMilliCredits: 40, closingMilliCredits: 300, lines: [line(1, 3, 100), line(2, 10, 300)] } } })
  const rows = book.findAll('tbody tr').map(row => row.text())
  expect(rows[0]).toContain('0.04')
  expect(rows[1]).toContain('3 分钟 × 0.02')
  expect(rows[1]).toContain('+0.06')
  expect(book.get('tfoot').text()).toContain('2025 年末余额')
  expect(book.text()).toContain('0.04 +0.26 = 0.3')
})

it('says so when a year has no line', async () => {
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year: 2024, openingMilliCredits: 0, closingMilliCredits: 0, lines: [] } } })
  expect(book.text()).toContain('2024 年还没有学分')
})

it('does not call the present balance that of the end of the year', async () => {
  const year = chinaYear(new Date())
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year, openingMilliCredits: 0, closingMilliCredits: 60, lines: [line(1, 3, 60)] } } })
  expect(book.get('tfoot').text()).toContain('现在的余额')
})

it('of what people decided shows the rule and their reason, and of what a cap left out that too', async () => {
  const granted: PassbookLine = { ...line(1, 0, 5000), kind: 'grant', rule: '校外学习成果认定', decision: '初级育婴员证书', course: null, lesson: null, milliCredits: 5000 }
  const book = await mountSuspended(CreditsPassbook, { props: { book: { year: 2025, openingMilliCredits: 0, closingMilliCredits: 5000, lines: [
    granted, { ...granted, id: 2, outcome: 'refused', reason: 'cap_year', milliCredits: 0 },
  ] } } })
  const rows = book.findAll('tbody tr').map(row => row.text())
  expect(rows[1]).toContain('校外学习成果认定')
  expect(rows[1]).toContain('初级育婴员证书')
  expect(rows[2]).toContain('初级育婴员证书（本年上限，没有全计）')
})
