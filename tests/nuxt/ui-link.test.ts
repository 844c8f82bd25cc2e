import { mountSuspended } from '@nuxt/test-utils/runtime'
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest'
import UiLink from '~/components/ui/UiLink.vue'

const to = { name: 'courses-slug' as const, params: { slug: 'spot-the-scam' } }
let push: MockInstance
beforeEach(() => { push = vi.spyOn(useRouter(), 'push').mockResolvedValue(undefined) })
afterEach(() => push.mockRestore())

it.each([{ metaKey: true }, { ctrlKey: true }, { shiftKey: true }, { button: 1 }])('leaves a click with %o to the browser', async (how) => {
  const link = await mountSuspended(UiLink, { props: { to } })
  await link.trigger('click', how)
  expect(push).not.toHaveBeenCalled()
})

it('leaves a link that opens elsewhere to the browser', async () => {
  const link = await mountSuspended(UiLink, { props: { to }, attrs: { target: '_blank' } })
  await link.trigger('click')
  expect(push).not.toHaveBeenCalled()
})

it('is an ordinary link, and a plain click changes the page without loading it anew', async () => {
  const link = await mountSuspended(UiLink, { props: { to } })
  expect(link.attributes('href')).toBe('/courses/spot-the-scam')
  await link.trigger('click')
  expect(push).toHaveBeenCalledExactlyOnceWith(to)
})

it('says when it leads to where one is', async () => {
  const link = await mountSuspended(UiLink, { props: { to: { path: useRouter().currentRoute.value.path, query: { page: 2 } } } })
  expect(link.attributes('aria-current')).toBe('page')
  expect((await mountSuspended(UiLink, { props: { to } })).attributes('aria-current')).toBeUndefined()
})
