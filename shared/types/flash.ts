/** What a form sent without scripts needs back: the code, its field, and what was typed. */
export interface Flash { code: string, details: Record<string, unknown>, typed: Record<string, string> }
