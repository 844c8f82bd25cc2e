// What learning leads to: levels, awards, and what was learned elsewhere. One file a domain, each with the refusals of its own.
import awards from './zh-CN/awards.json' with { type: 'json' }
import honours from './zh-CN/honours.json' with { type: 'json' }
import recognition from './zh-CN/recognition.json' with { type: 'json' }

export default {
  ...awards,
  ...honours,
  ...recognition,
  errors: {
    ...awards.errors,
    ...honours.errors,
    ...recognition.errors,
  },
}
