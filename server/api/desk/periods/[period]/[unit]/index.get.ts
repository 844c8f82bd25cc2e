import { ReportQuery } from '~~/shared/schemas/periods'

/** A unit's report of a period: figures as handed in beside what they are now, its versions and its history. 404 `report_unknown`. */
export default defineEventHandler(event => reportOf(event, readQuery(event, ReportQuery).version))
