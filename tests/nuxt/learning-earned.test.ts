import { mountSuspended } from '@nuxt/test-utils/runtime'
import { expect, it } from 'vitest'
import LearningEarned from '~/components/learning/LearningEarned.vue'

const earned = {
  lessonTitle: '第二课', courseTitle: '手机使用入门', milliCredits: 200, minutes: 10, milliCreditsPerMinute: 20, ruleZh: '学完一节课', ruleEn: 'A lesson completed',
  balanceMilliCredits: 900, courseCompleted: true,
}
const shown = async (course?: string) => (await mountSuspended(LearningEarned, { props: { earned: { ...earned, course }, next: null, course: 'phone' } })).text()

it('says what the lesson brought and, with the last one, what the course brought', async () => {
  const text = await shown('整门课学完了，另得 0.5 学分（学完一门课：每门 0.5 学分）。')
  for (const said of ['《手机使用入门》全部学完了！', '得到 0.2 学分', '另得 0.5 学分', '存折现有 0.9 学分']) expect(text).toContain(said)
})

it('says nothing of the course where it brought nothing', async () => {
  expect(await shown()).not.toContain('整门课')
})
