// The credit bank's texts: one file a domain.
import ahead from './en/ahead.json' with { type: 'json' }
import certificates from './en/certificates.json' with { type: 'json' }
import checking from './en/checking.json' with { type: 'json' }
import passbook from './en/passbook.json' with { type: 'json' }
import path from './en/path.json' with { type: 'json' }
import points from './en/points.json' with { type: 'json' }
import rewards from './en/rewards.json' with { type: 'json' }
import rules from './en/rules.json' with { type: 'json' }
import statement from './en/statement.json' with { type: 'json' }

export default {
  ...ahead,
  ...certificates,
  ...checking,
  ...passbook,
  ...path,
  ...points,
  ...rewards,
  ...rules,
  ...statement,
}
