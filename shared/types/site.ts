/** Whose portal this is: the name of the region, the teaching unit at its top and the telephone for help. */
export interface Site { region: string | null, host: string | null, phone: string | null }
