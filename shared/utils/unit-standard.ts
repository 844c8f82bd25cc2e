/** Whether a school or learning point meets the standard, as the word for it; nobody may have judged. */
export function standardOf({ standardMet }: { standardMet: boolean | null }): 'met' | 'notMet' | 'notJudged' {
  return standardMet === null ? 'notJudged' : standardMet ? 'met' : 'notMet'
}
