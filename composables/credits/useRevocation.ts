import type { Revocation } from '~~/shared/types/credentials'

/** Says why a certificate no longer counts, with the words of whoever decided it. */
export function useRevocation() {
  const t = useCertificateTranslate()
  return ({ reason, words }: Revocation): string => {
    const said = t(`certificates.reasons.${reason as 'ground_reversed'}`)
    return words ? t('certificates.reasonWords', { reason: said, words }) : said
  }
}
