import { mountSuspended, registerEndpoint } from '@nuxt/test-utils/runtime'
import { readBody, setResponseStatus } from 'h3'
import { beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import UiField from '~/components/ui/UiField.vue'

const received: unknown[] = []
let answer: { status: number, body: unknown }
registerEndpoint('/api/test-form', { method: 'POST', handler: async (event) => {
  received.push(await readBody(event))
  setResponseStatus(event, answer.status)
  return answer.body
} })

const done = vi.fn()
const Form = defineComponent({
  setup() {
    const { values, errors, notice, submit } = useForm({ phone: '', code: '' }, done)
    return () => h('form', { action: '/api/test-form', onSubmit: (event: Event) => { event.preventDefault(); return submit(event) } }, [
      h('p', { class: 'notice' }, notice.value),
      ...(['phone', 'code'] as const).map(name => h(UiField, { name, 'label': name, 'error': errors.value[name], 'modelValue': values[name], 'onUpdate:modelValue': (value: string) => { values[name] = value } })),
    ])
  },
})

beforeEach(() => {
  answer = { status: 200, body: { next: '/my' } }
  done.mockReset()
})

it('puts each message beside its field, keeps what was typed and moves to the first wrong one', async () => {
  const form = await mountSuspended(Form, { attachTo: document.body })
  answer = { status: 422, body: { code: 'phone_invalid', message: '请填写 11 位手机号。', messages: { phone: '请填写 11 位手机号。', code: '验证码是 6 位数字。' }, details: { field: 'phone', fields: { phone: 'phone_invalid', code: 'code_format' } } } }
  await form.get('input[name="phone"]').setValue('1')
  await form.get('form').trigger('submit')
  await vi.waitFor(() => expect(form.find('[id$="-error"]').exists()).toBe(true))
  expect(form.findAll('[id$="-error"]').map(error => error.text())).toEqual(['请填写 11 位手机号。', '验证码是 6 位数字。'])
  expect((form.get('input[name="phone"]').element as HTMLInputElement).value).toBe('1')
  await vi.waitFor(() => expect(document.activeElement).toBe(form.get('input[name="phone"]').element))
  expect(done).not.toHaveBeenCalled()
})

it('says above the form what belongs to no field', async () => {
  const form = await mountSuspended(Form)
  answer = { status: 429, body: { code: 'too_many_tries', message: '试的次数太多，请 9 秒后再试。', details: { secondsLeft: 9 } } }
  await form.get('form').trigger('submit')
  await vi.waitFor(() => expect(form.get('.notice').text()).not.toBe(''))
  expect(form.get('.notice').text()).toBe('试的次数太多，请 9 秒后再试。')
})

it('says that nothing was sent when the portal does not answer', async () => {
  const form = await mountSuspended(Form)
  answer = { status: 502, body: '<html>Bad gateway</html>' }
  await form.get('form').trigger('submit')
  await vi.waitFor(() => expect(form.get('.notice').text()).not.toBe(''))
  expect(form.get('.notice').text()).toContain('网络不通')
})

it('hands over the answer and where it was sent to', async () => {
  const form = await mountSuspended(Form)
  await form.get('input[name="phone"]').setValue('13900000001')
  await form.get('form').trigger('submit')
  await vi.waitFor(() => expect(done).toHaveBeenCalledWith({ next: '/my' }, '/api/test-form'))
  expect(received.at(-1)).toEqual({ phone: '13900000001', code: '' })
})
