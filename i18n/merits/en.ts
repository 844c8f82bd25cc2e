// What learning leads to: levels, awards, and what was learned elsewhere. One file a domain.
import awards from './en/awards.json' with { type: 'json' }
import honours from './en/honours.json' with { type: 'json' }
import recognition from './en/recognition.json' with { type: 'json' }

export default {
  ...awards,
  ...honours,
  ...recognition,
}
