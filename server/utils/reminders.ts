import type { Reminder } from '~~/shared/types/periods'

/** A reminder as a text message. In Chinese, as codes are: nobody knows in which language its reader has the desk open. */
export function reminderText({ step, year, part, dueOn, unitName, units }: Reminder): string {
  const t = chineseDesk
  return t(`periods.texts.${step}`, {
    who: t(units > 1 ? 'periods.texts.many' : 'periods.texts.one', { unit: unitName, units }),
    period: t(`periods.parts.${part}`, { year }),
    date: formatDate(dueOn, 'zh-CN'),
  })
}
