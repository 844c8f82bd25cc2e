/** What can be wrong with what is on record of a session. Apart from the schema: pages bring no library for it. */
export const RECORD_KINDS = ['was_there', 'was_not_there', 'wrong_name'] as const
export type RecordKind = typeof RECORD_KINDS[number]
