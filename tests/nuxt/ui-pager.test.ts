import { mountSuspended } from '@nuxt/test-utils/runtime'
import { expect, it } from 'vitest'
import UiPager from '~/components/ui/UiPager.vue'

const to = (page: number) => ({ path: '/courses', query: { page } })

it.each([
  { page: 1, hrefs: ['/courses?page=2'] },
  { page: 2, hrefs: ['/courses?page=1', '/courses?page=3'] },
  { page: 3, hrefs: ['/courses?page=2'] },
])('leads from page $page to its neighbours', async ({ page, hrefs }) => {
  const pager = await mountSuspended(UiPager, { props: { page, pages: 3, to } })
  expect(pager.findAll('a').map(link => link.attributes('href'))).toEqual(hrefs)
  expect(pager.text()).toContain(`第 ${page} 页，共 3 页`)
})

it('is not there for a single page', async () => {
  expect((await mountSuspended(UiPager, { props: { page: 1, pages: 1, to } })).find('nav').exists()).toBe(false)
})
