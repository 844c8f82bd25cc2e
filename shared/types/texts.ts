/** A text of an editor: help, a policy, a news item. */
export interface SiteText { title: string, summary: string, date: string | null, html: string }
