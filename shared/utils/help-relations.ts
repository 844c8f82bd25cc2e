/** What somebody who helps is to the person. Apart from the schema: pages bring no library for it. */
export const HELP_RELATIONS = ['child', 'spouse', 'grandchild', 'relative', 'neighbour', 'volunteer'] as const
export type HelpRelation = typeof HELP_RELATIONS[number]
