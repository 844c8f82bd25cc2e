/** The top of the network: the region's own schools and the places below it. */
export default defineEventHandler(event => browseNetwork(event, null))
