/** Over what a cap counts. */
export const CAP_PERIODS = ['day', 'week', 'month', 'term', 'year', 'lifetime'] as const
