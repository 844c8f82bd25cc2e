/** Pages of the credit bank say what no other page says: their texts are fetched with them. */
export default defineNuxtRouteMiddleware(loadBankTexts)
