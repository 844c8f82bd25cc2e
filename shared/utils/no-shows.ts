/** Why a seat may have stayed empty. */
export const NO_SHOW_REASONS = ['illness', 'family', 'weather', 'traffic', 'was_there', 'other'] as const
export const NO_SHOW_EFFECTS = ['none', 'later', 'pause'] as const
