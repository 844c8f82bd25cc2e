import { mountSuspended } from '@nuxt/test-utils/runtime'
import { expect, it } from 'vitest'
import UiField from '~/components/ui/UiField.vue'
import UiRadioGroup from '~/components/ui/UiRadioGroup.vue'
import UiSelect from '~/components/ui/UiSelect.vue'

it('ties label, hint and error to the input', async () => {
  const field = await mountSuspended(UiField, { props: { name: 'phone', label: '手机号', hint: '11 位', error: '请填写', modelValue: '123' } })
  const input = field.get('input')
  expect(field.get('label').attributes('for')).toBe(input.attributes('id'))
  const described = input.attributes('aria-describedby')!.split(' ').map(id => field.get(`[id="${id}"]`).text())
  expect(described).toEqual(['11 位', '请填写'])
  expect(input.attributes('aria-invalid')).toBe('true')
  expect((input.element as HTMLInputElement).value).toBe('123')
})

it('describes nothing where there is neither hint nor error', async () => {
  const field = await mountSuspended(UiField, { props: { name: 'phone', label: '手机号' } })
  expect(field.get('input').attributes('aria-describedby')).toBeUndefined()
  expect(field.get('input').attributes('aria-invalid')).toBeUndefined()
})

it('passes what an input needs on to the input', async () => {
  const field = await mountSuspended(UiField, { props: { name: 'code', label: '验证码' }, attrs: { autocomplete: 'one-time-code', inputmode: 'numeric' } })
  expect(field.get('input').attributes()).toMatchObject({ name: 'code', autocomplete: 'one-time-code', inputmode: 'numeric' })
})

it('chooses from a list, with a first line that chooses nothing', async () => {
  const select = await mountSuspended(UiSelect, { props: { name: 'village', label: '村', placeholder: '请选择', options: [{ value: '7', label: '吕家冲村' }] } })
  expect(select.findAll('option').map(option => option.text())).toEqual(['请选择', '吕家冲村'])
  await select.get('select').setValue('7')
  expect(select.emitted('update:modelValue')).toEqual([['7']])
})

it('names a group of choices by its legend', async () => {
  const group = await mountSuspended(UiRadioGroup, { props: { name: 'sex', label: '性别', error: '请选择性别。', options: [{ value: 'female', label: '女' }, { value: 'male', label: '男' }] } })
  expect(group.get('legend').text()).toBe('性别')
  await group.get('input[value="male"]').setValue(true)
  expect(group.emitted('update:modelValue')).toEqual([['male']])
  expect(group.get('fieldset').attributes('aria-describedby')).toBe(group.get('p[id]').attributes('id'))
})
