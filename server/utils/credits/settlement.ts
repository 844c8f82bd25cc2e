/** Started by whoever closes a year and by the clock (server/jobs/settlement.ts). */
export const SETTLEMENT_JOB = 'settlement'
