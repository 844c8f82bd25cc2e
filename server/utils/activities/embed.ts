import embedEn from '~~/i18n/activities/embed/en.json'
import embedZh from '~~/i18n/activities/embed/zh-CN.json'
import type { Database } from '~~/shared/types/database'

type Found = Database['public']['Functions']['find_activities']['Returns'][number]

const texts = { 'zh-CN': createTranslator(embedZh), 'en': createTranslator(embedEn) }
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, sign => ENTITIES[sign]!)

// Dark red, ink and paper of the portal, with letters as large as there.
const STYLE = `*{box-sizing:border-box}body{margin:0;padding:12px;font:18px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:#1f2421;background:#fff}
h1{margin:0 0 8px;font-size:20px}ul{margin:0;padding:0;list-style:none}li{border-top:1px solid #d9d5cb}a{color:#0b5d4b}
li a{display:block;padding:10px 2px;text-decoration:none;min-height:48px}li a:hover strong,li a:focus strong{text-decoration:underline}strong{display:block}span{color:#4c534f;font-size:16px}
p{margin:10px 0 0}p a{display:inline-block;padding:10px 0;min-height:48px}`

/** A page of coming activities that stands by itself: every link opens the portal beside the site it is shown in. */
export function embeddedList(unit: { code: string, name: string }, found: readonly Found[], lang: 'zh-CN' | 'en'): string {
  const t = texts[lang]
  const title = t('embed.title', { unit: unit.name })
  const item = (one: Found) => `<li><a href="/activities/${one.code}" target="_blank" rel="noopener"><strong>${escaped(one.title!)}</strong>`
    + `<span>${escaped([formatSession(one.starts_at!, one.ends_at!, lang), [one.venue, one.room].filter(Boolean).join(' '), seats(one)].join(' · '))}</span></a></li>`
  const seats = ({ sign_up: way, free, closes_at: closesAt, admission }: Found) => {
    if (way === 'none') return t('embed.none')
    if (closesAt && Date.parse(closesAt) <= Date.now()) return t('embed.closed')
    if (admission === 'draw') return t('embed.draw')
    return free! > 0 ? t('embed.left', { count: free! }) : t('embed.full')
  }
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main aria-label="${escaped(title)}"><h1>${escaped(title)}</h1>${found.length ? `<ul>${found.map(item).join('')}</ul>` : `<p>${escaped(t('embed.nothing'))}</p>`}
<p><a href="/activities?place=${unit.code}" target="_blank" rel="noopener">${escaped(t('embed.all'))}</a></p></main></body></html>
`
}
