// What learning leads to: levels, awards, and what was learned elsewhere. One file a domain.
import awards from './zh-CN/awards.json' with { type: 'json' }
import honours from './zh-CN/honours.json' with { type: 'json' }
import recognition from './zh-CN/recognition.json' with { type: 'json' }

export default {
  ...awards,
  ...honours,
  ...recognition,
}
