import { TextSlug } from '~~/shared/schemas/texts'

/** One text in the reader's language, as HTML. 404 `text_unknown`. */
export default defineEventHandler(event => readText(event, 'news', readParams(event, TextSlug).slug))
