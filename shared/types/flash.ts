/** What a form sent without scripts needs back: the code, what it says, its field, and what was typed. */
export interface Flash { code: string, message?: string, details: Record<string, unknown>, typed: Record<string, string> }
