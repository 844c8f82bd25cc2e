import { ServiceCertificate } from '~~/shared/schemas/volunteers'

/** Issues the asker's certificate of service over a span of days; where nothing changed, the one of before. 409 `no_service_yet`, 422 `service_days_invalid`. */
export default formHandler(async (event) => {
  const { from, until } = await readInput(event, ServiceCertificate)
  const { database } = await requireSession(event)
  const id = await answerOf(database.rpc('request_service_certificate', { from_day: from, until_day: until })) as number
  const { code } = await answerOf(database.from('credentials').select('code').eq('id', id).single())
  return { code }
}, (_event, { code }) => `/credits/certificates/${code}`)
