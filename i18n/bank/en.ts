// The credit bank's texts: one file a domain, each with the refusals of its own.
import awards from './en/awards.json' with { type: 'json' }
import certificates from './en/certificates.json' with { type: 'json' }
import checking from './en/checking.json' with { type: 'json' }
import honours from './en/honours.json' with { type: 'json' }
import passbook from './en/passbook.json' with { type: 'json' }
import points from './en/points.json' with { type: 'json' }
import recognition from './en/recognition.json' with { type: 'json' }
import rewards from './en/rewards.json' with { type: 'json' }
import rules from './en/rules.json' with { type: 'json' }
import statement from './en/statement.json' with { type: 'json' }

export default {
  ...awards,
  ...certificates,
  ...checking,
  ...honours,
  ...passbook,
  ...points,
  ...recognition,
  ...rewards,
  ...rules,
  ...statement,
  errors: {
    ...awards.errors,
    ...certificates.errors,
    ...checking.errors,
    ...honours.errors,
    ...passbook.errors,
    ...points.errors,
    ...recognition.errors,
    ...rewards.errors,
    ...rules.errors,
    ...statement.errors,
  },
}
