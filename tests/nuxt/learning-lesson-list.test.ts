import { mountSuspended } from '@nuxt/test-utils/runtime'
import { expect, it } from 'vitest'
import LearningLessonList from '~/components/learning/LearningLessonList.vue'

const lesson = (slug: string, completedAt: string | null, watchedShare = 0) => ({ slug, kind: 'video' as const, title: `第 ${slug} 课`, summary: '……', minutes: 2, completedAt, watchedShare })

it('marks the next open lesson for screen readers', async () => {
  const list = await mountSuspended(LearningLessonList, { props: { course: 'spot-the-scam', lessons: [lesson('one', '2026-03-01T02:00:00Z', 1), lesson('two', null, 0.456), lesson('three', null)] } })
  expect(list.get('[aria-current="step"]').text()).toContain('第 two 课')
})

it('says what is done and how much was watched, in words', async () => {
  const list = await mountSuspended(LearningLessonList, { props: { course: 'spot-the-scam', lessons: [lesson('one', '2026-03-01T02:00:00Z', 1), lesson('two', null, 0.999)] } })
  const [one, two] = list.findAll('li').map(item => item.text())
  expect(one).toContain('已学完')
  expect(two).toContain('看了 99%')
  expect(list.get('a').attributes('href')).toBe('/courses/spot-the-scam/one')
})
