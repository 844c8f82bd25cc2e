/** Certificates and their check say what no other page says, the rest of the credit bank included. */
export default defineNuxtRouteMiddleware(loadCertificateTexts)
