import { ServiceQuery } from '~~/shared/schemas/volunteers'

/** What is asked of volunteers, everywhere or (`near`) where the asker lives; with the asker's registration. */
export default defineEventHandler(event => listService(event, readQuery(event, ServiceQuery)))
