import type { Flash } from '~~/shared/types/flash'

type Refusal = Pick<Flash, 'code' | 'message' | 'messages' | 'details'>

/**
 * A form for both ways of sending it. Without scripts it is a plain POST, and what came back is in the flash; with
 * scripts `submit` posts the same fields as JSON, keeps what was typed, puts messages beside their fields and moves to
 * the first wrong one.
 *
 * @param initial The fields and what they hold at first.
 * @param done Called with the answer and the address that was posted to.
 */
export function useForm<Name extends string>(initial: Record<Name, string>, done: (answer: unknown, action: string) => unknown) {
  const { $t } = useNuxtApp()
  const flash = useFlash()
  // Of several forms on a page each sends its own name as `form`: what came back belongs to one of them.
  const isOurs = !flash.value?.typed.form || flash.value.typed.form === (initial as Record<string, string>).form
  const values = reactive<Record<string, string>>({ ...initial, ...(isOurs ? ownFields(initial, flash.value) : {}) }) as Record<Name, string>
  const errors = ref<Partial<Record<string, string>>>({})
  const notice = ref<string>()
  /** What the last refusal said besides its fields, such as who may be meant. */
  const details = ref<Record<string, unknown>>({})
  const code = ref<string>()
  const sending = ref(false)
  if (flash.value && isOurs) show(flash.value)

  function show({ code: refused, message, messages, details: told }: Refusal): void {
    code.value = refused
    details.value = told
    errors.value = Object.fromEntries(Object.entries(messages ?? {}).filter(([name]) => name in initial))
    notice.value = Object.keys(errors.value).length ? undefined : message
  }

  async function submit(event: Event): Promise<void> {
    if (sending.value) return
    const form = event.target as HTMLFormElement
    const submitter = (event as SubmitEvent).submitter as HTMLButtonElement | null | undefined
    const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action')!
    sending.value = true
    errors.value = {}
    notice.value = undefined
    details.value = {}
    try {
      // Which button was pressed is part of a form; old browsers do not take it as an argument of FormData.
      const pressed = submitter?.name ? { [submitter.name]: submitter.value } : {}
      const answer = await $fetch<unknown>(action, { method: 'POST', body: { ...Object.fromEntries(new FormData(form)), ...pressed } })
      await done(answer, action)
    }
    catch (error) {
      const { data } = error as { data?: Refusal }
      if (data?.message) show(data)
      else notice.value = $t('ui.unreachable')
      await nextTick()
      form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    }
    finally { sending.value = false }
  }

  return { values, errors, notice, code: readonly(code), details: readonly(details), sending: readonly(sending), submit }
}

function ownFields(initial: Record<string, string>, flash: Flash | null): Record<string, string> {
  return Object.fromEntries(Object.entries(flash?.typed ?? {}).filter(([name]) => name in initial))
}
