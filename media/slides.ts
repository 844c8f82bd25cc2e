/** Scenes → still pictures, drawn by Chromium. */
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { INK, type Look, lookOf, PAPER, QUIET } from './looks.ts'
import { type Lesson, plain, type Scene } from './script.ts'

export const WIDTH = 854
export const HEIGHT = 480
const words = new Intl.Segmenter('zh', { granularity: 'word' })

/** Draws every scene into the folder; answers the files in order. */
export async function draw(browser: Browser, lesson: Lesson, folder: string): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } })
  try {
    const files: string[] = []
    for (const [at, scene] of lesson.scenes.entries()) {
      await page.setContent(slide(lesson, scene, at))
      await page.evaluate(fit)
      const overflow = await page.evaluate('document.querySelector("main").scrollHeight > document.querySelector("main").clientHeight')
      if (overflow) throw new Error(`“${scene.heading}”的字太多，一页放不下`)
      files.push(join(folder, `${String(at).padStart(2, '0')}.png`))
      await page.screenshot({ path: files.at(-1)! })
    }
    return files
  }
  finally {
    await page.close()
  }
}

/** Runs in the page: the last points give way while the slide is too full; a lead alone grows, a long one shrinks, never below 40 px. */
const fit = `{
  const main = document.querySelector('main')
  const isFull = () => main.scrollHeight > main.clientHeight
  while (isFull() && main.querySelector('li')) main.querySelector('.steps, li:last-child').remove()
  main.querySelector('ul:empty')?.remove()
  if (!main.querySelector('ul')) document.body.classList.add('roomy')
  if (isFull()) document.body.classList.remove('roomy')
  if (isFull()) document.body.classList.add('tight')
}`

function slide(lesson: Lesson, scene: Scene, at: number) {
  const look = lookOf(lesson.course.category)
  const body = { title: titleCard, section: sectionCard, closing: closingCard }[scene.kind](lesson, scene, look, at)
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>${style(look)}</style><body class="${scene.kind}">${body}</body></html>`
}

function titleCard({ course, number }: Lesson, scene: Scene, look: Look) {
  const kind = course.kind === 'micro_lecture' ? '微课' : `第 ${number} 课`
  return `<main><p class="brand"><b>邻学</b>${kind}</p><h1 class="${scene.heading.length > 12 ? 'long' : ''}">${clauses(scene.heading)}</h1><i class="rule"></i><p class="course">${phrases(scene.lead)}</p></main>${motif(look)}`
}

function sectionCard({ course, scenes }: Lesson, scene: Scene, look: Look, at: number) {
  const points = scene.points.length ? `<ul class="${scene.isInSteps ? 'steps' : ''}">${scene.points.map(point => `<li>${phrases(point)}</li>`).join('')}</ul>` : ''
  const dots = scenes.slice(1, -1).map((_, index) => `<i class="${index + 1 === at ? 'here' : ''}"></i>`).join('')
  return `${motif(look)}<main><h1>${phrases(scene.heading)}</h1><p class="lead">${phrases(scene.lead)}</p>${points}</main>
    <footer><span>${escape(course.title)}</span><span class="dots">${dots}</span><span class="page">${at} / ${scenes.length - 2}</span></footer>`
}

function closingCard(_lesson: Lesson, scene: Scene, look: Look) {
  const [first, second] = scene.heading.split('，')
  return `<main><p class="brand"><b>邻学</b></p><h1>${escape(first!)}<br>${escape(second!)}</h1><i class="rule"></i><p class="course">${phrases(scene.lead)}</p></main>${motif(look)}`
}

const motif = (look: Look) => `<div class="motif"><svg viewBox="0 0 200 200">${look.motif}</svg></div>`

/** Title lines break at marks and spaces first. */
const clauses = (text: string) => (text.match(/[^，：、；？！\s]+[，：、；？！\s]*/g) ?? []).map(clause => `<b class="clause">${phrases(clause)}</b>${clause.endsWith(' ') ? ' ' : ''}`).join('')

/** Keeps words, and marks with the word before them, in one piece when a line breaks; strong text stays strong. */
function phrases(markdown: string): string {
  return markdown.split(/\*\*(.+?)\*\*/).map((part, at) => {
    const text = plain(part)
    const html = [...words.segment(text)].reduce<string[]>((pieces, { segment, isWordLike }) => {
      const closes = !isWordLike && segment.trim() && !/^[“‘（《「『]/.test(segment)
      if (pieces.length && (closes || /[“‘（《「『]$/.test(pieces.at(-1)!))) pieces.push(pieces.pop() + segment)
      else pieces.push(segment)
      return pieces
    }, []).map(piece => piece.trim() ? `<span>${escape(piece)}</span>` : ' ').join('<wbr>')
    return at % 2 ? `<strong>${html}</strong>` : html
  }).join('')
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const style = ({ accent, tint }: Look) => `
* { margin: 0; padding: 0; box-sizing: border-box }
body { width: ${WIDTH}px; height: ${HEIGHT}px; overflow: hidden; position: relative; background: ${PAPER}; color: ${INK};
  font-family: 'Noto Sans CJK SC', sans-serif; font-size: 26px; line-height: 1.4 }
span { white-space: nowrap }
i { display: block }
strong { color: ${accent}; font-weight: 700 }

.title main, .closing main { position: absolute; left: 56px; top: 0; width: 500px; height: 100%; display: flex; flex-direction: column; justify-content: center }
.title .motif, .closing .motif { position: absolute; right: -84px; top: 50%; width: 364px; height: 364px; margin-top: -182px; border-radius: 50%; background: ${tint}; color: ${accent} }
.title .motif svg, .closing .motif svg { position: absolute; left: 40px; top: 77px; width: 210px }
.brand { font-size: 24px; font-weight: 500; color: ${accent}; letter-spacing: 1px; margin-bottom: 26px }
.brand b { display: inline-block; background: ${accent}; color: ${PAPER}; padding: 2px 14px 4px; border-radius: 8px; margin-right: 14px; letter-spacing: 3px; text-indent: 3px }
.title h1 { font-size: 60px; line-height: 1.28; font-weight: 700; text-wrap: balance }
.title h1.long { font-size: 52px }
.closing h1 { font-size: 46px; line-height: 1.4; font-weight: 700 }
.clause { display: inline-block; font-weight: inherit }
.rule { width: 84px; height: 6px; border-radius: 3px; background: ${accent}; margin: 28px 0 22px }
.course { font-size: 30px; color: ${QUIET}; text-wrap: balance }

.section::before { content: ''; position: absolute; left: 0; top: 0; width: 14px; height: 100%; background: ${accent} }
.section main { position: absolute; left: 60px; top: 34px; width: 742px; height: 384px }
.section h1 { font-size: 48px; line-height: 1.25; font-weight: 700; color: ${accent}; margin-bottom: 16px; max-width: 640px; text-wrap: balance }
.lead { font-size: 42px; line-height: 1.4; font-weight: 500 }
.roomy .lead { font-size: 46px; line-height: 1.5; margin-top: 26px }
.tight .lead { font-size: 40px; line-height: 1.32 }
.tight h1 { font-size: 44px; margin-bottom: 10px }
ul { list-style: none; margin-top: 16px; padding-top: 14px; border-top: 2px solid ${tint} }
li { font-size: 27px; line-height: 1.5; padding-left: 28px; position: relative; white-space: nowrap }
li::before { content: ''; position: absolute; left: 2px; top: 16px; width: 11px; height: 11px; border-radius: 50%; background: ${accent} }
.section .motif { position: absolute; right: 26px; top: 24px; width: 84px; height: 84px; border-radius: 50%; background: ${tint}; color: ${accent} }
.section .motif svg { position: absolute; left: 17px; top: 17px; width: 50px }
footer { position: absolute; left: 60px; right: 52px; bottom: 18px; display: flex; align-items: center; justify-content: space-between; font-size: 20px; color: ${QUIET} }
footer span:first-child { flex: 1 }
.dots { display: flex; gap: 9px; margin-right: 22px }
.dots i { width: 10px; height: 10px; border-radius: 5px; background: ${tint}; border: 2px solid ${accent} }
.dots .here { width: 28px; background: ${accent} }
.page { font-weight: 700; color: ${accent} }
`
