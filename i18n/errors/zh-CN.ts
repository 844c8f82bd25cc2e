// Why something is refused, by code. The server says it with its answer: no page carries these texts.
import activities from './zh-CN/activities.json' with { type: 'json' }
import bank from './zh-CN/bank.json' with { type: 'json' }
import checkIn from './zh-CN/check-in.json' with { type: 'json' }
import certificates from './zh-CN/certificates.json' with { type: 'json' }
import family from './zh-CN/family.json' with { type: 'json' }
import merits from './zh-CN/merits.json' with { type: 'json' }
import records from './zh-CN/records.json' with { type: 'json' }
import site from './zh-CN/site.json' with { type: 'json' }
import volunteers from './zh-CN/volunteers.json' with { type: 'json' }

export default { ...site, ...bank, ...merits, ...certificates, ...activities, ...volunteers, ...checkIn, ...family, ...records }
