import { creditCheck } from './credit-check'

/** Every job of the server; a job that is not here never runs. */
export const jobs: Job[] = [creditCheck]
