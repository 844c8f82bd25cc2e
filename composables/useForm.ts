import type { MessageKey } from '~/plugins/translate'
import type { Flash } from '~~/shared/types/flash'

type Details = Record<string, unknown> & { field?: string, fields?: Record<string, string> }
interface Refusal { code: string, message?: string, details: Details }

/**
 * A form for both ways of sending it. Without scripts it is a plain POST, and what came back is in the flash; with
 * scripts `submit` posts the same fields as JSON, keeps what was typed, puts messages beside their fields and moves to
 * the first wrong one.
 *
 * @param initial The fields and what they hold at first.
 * @param done Called with the answer and the address that was posted to.
 * @param say Texts besides the residents', such as the desk's; a key it does not know comes back as it is.
 */
export function useForm<Name extends string>(
  initial: Record<Name, string>,
  done: (answer: unknown, action: string) => unknown,
  say: (key: string, values: Record<string, unknown>) => string = key => key,
) {
  const { $t } = useNuxtApp()
  const { lang } = usePreferences()
  const flash = useFlash()
  // Of several forms on a page each sends its own name as `form`: what came back belongs to one of them.
  const isOurs = !flash.value?.typed.form || flash.value.typed.form === (initial as Record<string, string>).form
  const values = reactive<Record<string, string>>({ ...initial, ...(isOurs ? ownFields(initial, flash.value) : {}) }) as Record<Name, string>
  const errors = ref<Partial<Record<string, string>>>({})
  const notice = ref<string>()
  /** What the last refusal said besides its fields, such as who may be meant. */
  const details = ref<Record<string, unknown>>({})
  const sending = ref(false)
  if (flash.value && isOurs && flash.value.code !== 'code_sent') show({ ...flash.value, details: flash.value.details as Details })

  function show({ code, message, details: told }: Refusal): void {
    const said = message ?? textOf(code, told)
    const fields = { ...told.fields, ...(told.field && told.field !== '_' ? { [told.field]: code } : {}) }
    details.value = told
    errors.value = Object.fromEntries(Object.entries(fields).filter(([name]) => name in initial)
      .map(([name, fieldCode]) => [name, fieldCode === code ? said : textOf(fieldCode, told)]))
    notice.value = Object.keys(errors.value).length ? undefined : said
  }

  function textOf(code: string, told: Details): string {
    const key = `errors.${code}` as MessageKey
    const words = { ...told, wait: formatWait(Number(told.secondsLeft ?? 0), lang.value) }
    const own = say(key, words)
    if (own !== key) return own
    const text = $t(key, words)
    return text === key ? $t('errors.input_invalid') : text
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
      if (data?.code) show(data)
      else notice.value = $t('ui.unreachable')
      await nextTick()
      form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    }
    finally { sending.value = false }
  }

  return { values, errors, notice, details: readonly(details), sending: readonly(sending), submit }
}

function ownFields(initial: Record<string, string>, flash: Flash | null): Record<string, string> {
  return Object.fromEntries(Object.entries(flash?.typed ?? {}).filter(([name]) => name in initial))
}
