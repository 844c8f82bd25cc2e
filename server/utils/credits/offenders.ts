import type { H3Event } from 'h3'
import type { CreditOffender } from '~~/shared/types/credits'
import type { Supabase } from '../database'

/** What a check found, in words: whose it is, as far as the asker may read names there, what it is, and where it is looked at or put right. */
export async function creditOffenders(event: H3Event, database: Supabase, checkId: number): Promise<CreditOffender[]> {
  const { lang } = preferencesOf(event)
  const t = deskTranslator(event)
  const rows = await answerOf(database.rpc('credit_offenders', { of_check_id: checkId }))
  return rows.map((row) => {
    const rule = lang === 'en' ? row.rule_en : row.rule_zh
    const person = row.person_id === null ? null : row.person_name ?? t('offenders.someone', { home: row.home ?? '', id: row.person_id })
    const what = row.seq === null
      ? t(`offenders.kinds.${row.kind!}` as 'offenders.kinds.account', { id: row.id ?? row.subject! })
      : t('offenders.posting', { seq: row.seq, what: rule ?? t(`offenders.postings.${row.posting_kind!}` as 'offenders.postings.merge'), credits: formatCredits(row.milli_credits!) })
    return {
      invariant: row.invariant!, subject: row.subject!,
      said: [person, what, row.title, row.happened_on && formatDate(row.happened_on, lang)].filter(Boolean).join(' · '),
      links: linksOf(row).map(([where, to]) => ({ label: t(`offenders.links.${where}`), to })),
    }
  })
}

type Where = 'account' | 'records' | 'class' | 'session' | 'case' | 'applications' | 'certificates' | 'rewards' | 'rerating' | 'statements'
interface Row {
  kind: string | null
  id: number | null
  person_id: number | null
  posting_id: number | null
  may_correct: boolean | null
  may_see_records: boolean | null
  happened_on: string | null
  class_id: number | null
  session_id: number | null
}

function linksOf(row: Row): [Where, string][] {
  const links: [Where, string][] = []
  if (row.person_id !== null && row.may_correct) links.push(['account', `/desk/credits/corrections/${row.person_id}${row.posting_id === null ? '' : `#posting-${row.posting_id}`}`])
  if (row.person_id !== null && row.may_see_records && row.kind !== 'account') links.push(['records', `/desk/metrics/people/${row.person_id}${row.happened_on ? `?year=${row.happened_on.slice(0, 4)}` : ''}`])
  if (row.class_id !== null) links.push(['class', `/desk/credits/classes/${row.class_id}`])
  if (row.session_id !== null) links.push(['session', `/desk/activities/sessions/${row.session_id}`])
  switch (row.kind) {
    case 'case': links.push(['case', `/desk/credits/recognition/${row.id}`]); break
    case 'application': links.push(['applications', '/desk/credits/awards']); break
    case 'credential': links.push(['certificates', '/desk/credits/certificates']); break
    case 'reward': links.push(['rewards', '/desk/credits/rewards']); break
    case 'rerating': links.push(['rerating', `/desk/credits/reratings/${row.id}`]); break
    case 'statement': links.push(['statements', '/desk/credits/settlement'])
  }
  return links
}
