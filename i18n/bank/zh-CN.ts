// The credit bank's texts: one file a domain, each with the refusals of its own.
import awards from './zh-CN/awards.json' with { type: 'json' }
import certificates from './zh-CN/certificates.json' with { type: 'json' }
import checking from './zh-CN/checking.json' with { type: 'json' }
import honours from './zh-CN/honours.json' with { type: 'json' }
import passbook from './zh-CN/passbook.json' with { type: 'json' }
import points from './zh-CN/points.json' with { type: 'json' }
import recognition from './zh-CN/recognition.json' with { type: 'json' }
import rewards from './zh-CN/rewards.json' with { type: 'json' }
import rules from './zh-CN/rules.json' with { type: 'json' }
import statement from './zh-CN/statement.json' with { type: 'json' }

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
