import { queryCollection } from '@nuxt/content/server'
import type { H3Event } from 'h3'
import { renderMarkdown } from '~~/server/packs/markdown'

export type TextKind = 'help' | 'policies' | 'news'

/** The texts of a kind in the reader's language; news by date, the newest first. */
export async function listTexts(event: H3Event, kind: TextKind) {
  const query = queryCollection(event, kind).where('path', 'LIKE', `${folder(event, kind)}/%`)
  const rows = await (kind === 'news' ? query.order('date', 'DESC') : query.order('order', 'ASC')).select('path', 'title', 'summary', 'date').all()
  return rows.map(({ path, title, summary, date }) => ({ slug: path.split('/').at(-1)!, title, summary: summary ?? '', date: date ?? null }))
}

/** One text as safe HTML, by the renderer that lessons use. 404 `text_unknown`. */
export async function readText(event: H3Event, kind: TextKind, slug: string) {
  const row = await queryCollection(event, kind).path(`${folder(event, kind)}/${slug}`).select('title', 'summary', 'date', 'updated', 'rawbody').first()
  if (!row) throw refusal(404, 'text_unknown')
  return { title: row.title, summary: row.summary ?? '', date: row.date ?? row.updated ?? null, html: rendered(row.rawbody) }
}

function folder(event: H3Event, kind: TextKind): string {
  // The content module writes paths in lower case.
  return `/${kind}/${preferencesOf(event).lang.toLowerCase()}`
}

// A parse costs 10 ms; the texts change with a release.
const renderedTexts = new Map<string, string>()

function rendered(rawbody: string): string {
  const known = renderedTexts.get(rawbody)
  if (known !== undefined) return known
  const { html } = renderMarkdown(rawbody.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, ''))
  renderedTexts.set(rawbody, html)
  return html
}
