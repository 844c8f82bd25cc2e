/** What earns what today, the caps on it, and what changes on which day, in the reader's words. */
export default defineEventHandler(event => rulesInWords(event))
