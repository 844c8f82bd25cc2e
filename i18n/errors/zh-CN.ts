// Why something is refused, by code. The server says it with its answer: no page carries these texts.
import activities from '../activities/errors/zh-CN.json' with { type: 'json' }
import bank from './zh-CN/bank.json' with { type: 'json' }
import checkIn from '../check-in/errors/zh-CN.json' with { type: 'json' }
import certificates from './zh-CN/certificates.json' with { type: 'json' }
import merits from './zh-CN/merits.json' with { type: 'json' }
import site from './zh-CN/site.json' with { type: 'json' }
import volunteers from './zh-CN/volunteers.json' with { type: 'json' }

export default { ...site, ...bank, ...merits, ...certificates, ...activities.errors, ...volunteers, ...checkIn.errors }
