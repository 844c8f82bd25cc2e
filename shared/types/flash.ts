/** What a form sent without scripts needs back: the code and what it says, of which fields what, and what was typed. */
export interface Flash { code: string, message?: string, messages?: Record<string, string>, details: Record<string, unknown>, typed: Record<string, string> }
