// The credit bank's texts: one file a domain.
import ahead from './zh-CN/ahead.json' with { type: 'json' }
import certificates from './zh-CN/certificates.json' with { type: 'json' }
import checking from './zh-CN/checking.json' with { type: 'json' }
import passbook from './zh-CN/passbook.json' with { type: 'json' }
import path from './zh-CN/path.json' with { type: 'json' }
import points from './zh-CN/points.json' with { type: 'json' }
import rewards from './zh-CN/rewards.json' with { type: 'json' }
import rules from './zh-CN/rules.json' with { type: 'json' }
import statement from './zh-CN/statement.json' with { type: 'json' }

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
