// Why something is refused, by code. The server says it with its answer: no page carries these texts.
import activities from './en/activities.json' with { type: 'json' }
import bank from './en/bank.json' with { type: 'json' }
import checkIn from './en/check-in.json' with { type: 'json' }
import certificates from './en/certificates.json' with { type: 'json' }
import family from './en/family.json' with { type: 'json' }
import merits from './en/merits.json' with { type: 'json' }
import records from './en/records.json' with { type: 'json' }
import site from './en/site.json' with { type: 'json' }
import volunteers from './en/volunteers.json' with { type: 'json' }

export default { ...site, ...bank, ...merits, ...certificates, ...activities, ...volunteers, ...checkIn, ...family, ...records }
