import { compile, createCoreContext, registerMessageCompiler, registerMessageResolver, resolveValue, translate } from '@intlify/core-base'
import type { H3Event } from 'h3'
import en from '~~/i18n/en.json'
import zh from '~~/i18n/zh-CN.json'

registerMessageCompiler(compile)
registerMessageResolver(resolveValue)
const contexts = {
  'zh-CN': createCoreContext({ locale: 'zh-CN', messages: { 'zh-CN': zh }, missingWarn: false, fallbackWarn: false }),
  'en': createCoreContext({ locale: 'en', messages: { en }, missingWarn: false, fallbackWarn: false }),
}

/** A refusal in the reader's words. */
export function refusalText(event: H3Event, code: string, details: Record<string, unknown>): string {
  const context = contexts[preferencesOf(event).lang]
  const text = translate(context, `errors.${code}`, details)
  return typeof text === 'string' && text !== `errors.${code}` ? text : String(translate(context, 'errors.unforeseen'))
}
