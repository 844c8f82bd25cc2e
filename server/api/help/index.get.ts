/** The help pages in the reader's language. */
export default defineEventHandler(event => listTexts(event, 'help'))
