import rehypeSanitize from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'

const renderer = unified().use(remarkParse).use(remarkGfm).use(remarkRehype).use(rehypeSanitize).use(rehypeStringify)

/**
 * Renders a lesson's Markdown to safe HTML: raw HTML is dropped, the rest passes the sanitiser's list of allowed elements.
 * Done once when a lesson is saved (a parse costs 10 ms of CPU), so a page only prints it.
 * @returns the HTML and the number of characters a reader sees
 */
export function renderMarkdown(markdown: string): { html: string, length: number } {
  const html = String(renderer.processSync(markdown))
  return { html, length: html.replace(/<[^>]*>/g, '').replace(/\s+/g, '').length }
}
