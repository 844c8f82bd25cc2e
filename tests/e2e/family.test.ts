// A grown child asks to help, the parent agrees by the code or on their own page, is signed up and told, and ends it.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { alive, overhang, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { planActivity } from '../fixtures/planned-activities.ts'
import { codeSentTo } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()

describe.each([[360, true], [1280, true], [360, false]] as const)('at %d px, scripts %s', (width, javaScriptEnabled) => {
  const go = async (page: Page, path: string) => {
    await page.goto(path)
    if (javaScriptEnabled) await alive(page)
    expect(await overhang(page)).toBe(0)
  }

  it('with the code told over the phone, a parent is signed up by a child, told of it, and ends the help', async () => {
    const [child, elder] = [await takeLearner(sql()), await takeLearner(sql())]
    const one = await planActivity(sql(), { seats: 2 })
    await visit({ as: child, width, javaScriptEnabled }, async (page) => {
      await go(page, '/my/family')
      await page.getByLabel('对方姓名').fill(elder.name)
      await page.getByLabel('您是对方的').selectOption('child')
      await page.getByLabel('对方手机号').fill(elder.phone)
      await page.getByRole('button', { name: '提出' }).click()
      await page.getByText('验证码已发到对方手机').waitFor()
      if (javaScriptEnabled) await alive(page)
      await page.getByLabel('短信里的验证码').fill(codeSentTo(elder.phone))
      await page.getByRole('button', { name: '本人同意了' }).click()
      await page.getByText('本人同意了，可以帮忙报名了').waitFor()
      expect(await overhang(page)).toBe(0)
      await go(page, `/activities/${one.code}`)
      await page.getByLabel(elder.name, { exact: true }).check()
      await page.getByLabel(`${child.name}（我）`).uncheck()
      await page.getByRole('button', { name: '我要报名' }).click()
      await page.getByText('已报上名').waitFor()
    })
    expect(await sql()`select person_id::integer, for_other from public.signups where pool_id = ${one.pools[0]!}`).toEqual([{ person_id: elder.personId, for_other: 'helper' }])
    await visit({ as: elder, width, javaScriptEnabled }, async (page) => {
      await go(page, '/my/activities')
      await page.getByText(`${child.name}帮您报了《${one.title}》的名`).waitFor()
      await go(page, '/my/family')
      await page.getByText('不要他帮了', { exact: true }).click()
      await page.getByRole('button', { name: '确定' }).click()
      await page.getByText('已停止').waitFor()
    })
    expect(await sql()`select * from private.seat_faults()`).toEqual([])
  })

  it('who cannot come takes the child off as well, on a page of its own', async () => {
    const mother = await takeLearner(sql())
    const [child] = await sql()`insert into public.persons (name, sex, birth_year, residence_unit_id)
      select '小石头', 'male', extract(year from now()) - 9, residence_unit_id from public.persons where id = ${mother.personId} returning id::integer`
    await sql()`insert into public.guardians (child_id, guardian_id, relation, consent, valid_from) values (${child!.id}, ${mother.personId}, 'mother', true, '2026-01-01')`
    const one = await planActivity(sql(), { seats: 4, fields: { minors: 'with_guardian' } })
    await visit({ as: mother, width, javaScriptEnabled }, async (page) => {
      await go(page, `/activities/${one.code}`)
      await page.getByLabel('小石头', { exact: true }).check()
      await page.getByRole('button', { name: '我要报名' }).click()
      await page.getByText('已报上名').first().waitFor()
      await go(page, '/my/family')
      await page.getByRole('link', { name: '大人和孩子一起退出' }).click()
      await page.getByText('连同小石头一起退出', { exact: true }).click()
      expect(await overhang(page)).toBe(0)
      await page.getByRole('button', { name: '一起退出' }).click()
      await page.getByText('都退出了').waitFor()
    })
    expect(await sql()`select status from public.signups where pool_id = ${one.pools[0]!}`).toEqual([{ status: 'cancelled' }, { status: 'cancelled' }])
  })

  it('a parent with an account agrees on their own page', async () => {
    const [child, elder] = [await takeLearner(sql()), await takeLearner(sql())]
    await sql()`insert into public.helpers (person_id, helper_id, relation) values (${elder.personId}, ${child.personId}, 'child')`
    await visit({ as: elder, width, javaScriptEnabled }, async (page) => {
      await go(page, '/my/family')
      await page.getByText(`${child.name}想帮您报名`).waitFor()
      await page.getByRole('button', { name: '同意', exact: true }).click()
      await page.getByText('已记下').waitFor()
      await page.getByText('自己登录同意').waitFor()
    })
  })
})
