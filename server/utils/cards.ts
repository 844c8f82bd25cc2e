import type { H3Event } from 'h3'
import { renderSVG } from 'uqr'

/** What a card's code holds: an address of this site with the number. It opens a page that says nothing about anybody. */
function cardAddress(event: H3Event): string {
  return `${(portalSettings().publicUrl ?? getRequestURL(event).origin).replace(/\/$/, '')}/c/`
}

/** The code of a card as the address of an image, so that a page carries it without raw HTML. */
export function cardCode(event: H3Event, number: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(cardAddress(event) + number, { border: 2, ecc: 'M' })).toString('base64')}`
}
