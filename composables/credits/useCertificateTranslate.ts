import type zh from '~/i18n/certificates/zh-CN.json'

const texts = faceTexts<typeof zh>('certificates', { 'zh-CN': () => import('~/i18n/certificates/zh-CN.json'), 'en': () => import('~/i18n/certificates/en.json') })

/** Fetches the texts of certificates and their check; middleware/certificates.ts awaits it. */
export const loadCertificateTexts = texts.load
/** The texts of certificates, as `$t` says those of all pages. */
export const useCertificateTranslate = texts.use
