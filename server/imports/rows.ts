// From the cells of a row to what is staged: every value read, every fault named with its field.
import {
  isWrong, plain, type Read, readBirthYear, readCount, readDay, readHours, readName, readPhone, readSex, readText, readTime, readYear, splitWords,
} from './cells.ts'
import { fieldsOf, type ImportKind } from './fields.ts'
import type { Place, Places } from './places.ts'
import type { Row } from './table.ts'

export interface Word { id: string, zh: string, en: string }
export interface Words { categories: Word[], groups: (Word & { byAge: boolean })[], unitKinds: (Word & { nature: string })[], forms: Word[], roles: Word[] }

export interface Refusal { line: number, field: string, code: string, details: Record<string, unknown> }

/** What a row is staged as; columns of private.import_rows. */
export interface Staged {
  line: number
  name?: string
  sex?: string
  birth_year?: number
  residence_unit_id?: number
  card?: string
  groups?: string[]
  group_source?: string
  groups_from?: string
  groups_to?: string
  guardian_relation?: string
  guardian_consent?: boolean
  started_at?: string
  ended_at?: string
  hours?: number
  category_id?: string
  kind?: string
  form?: string
  host_unit_id?: number
  department?: string
  programme?: string
  role?: string
  fee_fen?: number
  for_profit?: boolean
  session_id?: number
  unit_id?: number
  details?: Record<string, unknown>
  /** In clear here and nowhere else: sealed before it is sent. */
  phone?: string
  idNumber?: string
  guardianPhone?: string
  guardianIdNumber?: string
}

export interface Reading {
  kind: ImportKind
  columns: Record<string, number>
  fixed: Record<string, string>
  unitId: number
  places: Places
  words: Words
  today: string
  /** The reader of ID numbers: whole and right, or the code of what is wrong. */
  readIdNumber: (text: string) => { number: string, birthYear: number, sex: 'female' | 'male' } | string
}

const KIND_WORDS = choices({ training: ['培训', '训练', '课程'], lecture: ['讲座', '报告', '宣讲', '宣讲会'], activity: ['活动'], contest: ['竞赛', '比赛'],
  team_session: ['团队活动', '社团活动', '团队'], volunteer_service: ['志愿服务'], staff_training: ['工作人员培训', '员工培训', '师资培训'] })
const ROLE_WORDS = choices({ learner: ['学员', '学习者', '居民'], guardian: ['家长', '监护人'], trainee: ['受训人员', '受训', '参训人员'], tutor: ['辅导员'],
  lecturer: ['讲师', '教师', '授课人'], volunteer: ['志愿者'], organiser: ['组织者', '工作人员'] })
const ACTIVITY_KINDS = new Set(['training', 'lecture', 'activity', 'contest', 'team_session', 'staff_training'])
const MINORS_WORDS = choices({ with_guardian: ['家长陪同', '家长陪着', '监护人陪同', '亲子'], welcome: ['可以自己来', '可独自参加', '招收', '欢迎'], not: ['不招', '不招收', '不收', '成年人', '仅成年人'] })
const ADMISSION_WORDS = choices({ first_come: ['先到先得', '先报先得', '按报名先后'], approval: ['审核', '学校审核', '审批'], draw: ['抽签', '摇号'] })
const SIGN_UP_WORDS = choices({
  none: ['不用报名', '无需报名', '免报名', '不报名', '否'], session: ['每场', '每场报名', '按场', '按场报名', '一场一场报', '单场'],
  term: ['整期', '整期报名', '整期报一次', '按期', '按期报名', '全期'],
})
const RELATION_WORDS = choices({ mother: ['母亲', '妈妈', '母子', '母女'], father: ['父亲', '爸爸', '父子', '父女'],
  grandparent: ['祖父母', '外祖父母', '爷爷', '奶奶', '祖父', '祖母', '外公', '外婆', '外祖父', '外祖母', '姥姥', '姥爷'], relative: ['亲属', '亲戚', '其他亲属'], other: ['其他'] })
const YES_WORDS = choices({ yes: ['是', '同意', '已同意', '应建', '达标', '已达标', '有', '√', 'y', 'yes'], no: ['否', '不同意', '未同意', '不应建', '未达标', '不达标', '无', '×', 'n', 'no'] })
const ZONE_WORDS = choices({ experimental: ['实验区'], demonstration: ['示范区'] })
const ZONE_LEVEL_WORDS = choices({ national: ['国家级', '国家', '全国'], provincial: ['省级', '省'], city: ['市级', '市', '地市级'], county: ['县级', '县', '区级', '区县级'] })
const AREA_WORDS = choices({ urban: ['城镇', '城市', '城'], rural: ['乡村', '农村', '乡'], all: ['全部', '合计', '不分'] })

function choices(words: Record<string, string[]>): Map<string, string> {
  return new Map(Object.entries(words).flatMap(([id, names]) => [id, ...names].map(name => [name.toLowerCase().replaceAll(' ', ''), id] as const)))
}

/** What a template's example begins with. */
export const EXAMPLE = '（示例）'

/** Makes the reader of one file's rows. An empty row is null, and so is the example of a template. */
export function rowReader(reading: Reading): (row: Row) => { staged: Staged, refusals: Refusal[] } | null {
  const wordsOf = (words: Word[]) => choices(Object.fromEntries(words.map(({ id, zh, en }) => [id, [zh, en]])))
  const { categories, groups, unitKinds, forms, roles } = reading.words
  const lists = { categories: wordsOf(categories), groups: wordsOf(groups), unitKinds: wordsOf(unitKinds), forms: wordsOf(forms), roles: wordsOf(roles) }
  const byAge = new Set(groups.filter(group => group.byAge).map(({ id }) => id))
  const fields = fieldsOf(reading.kind)
  const read = { participation, persons, populations, units, activities }[reading.kind]
  return (row) => {
    if (row.cells.every(cell => cell.trim() === '') && !row.faults) return null
    if (row.cells.some(cell => cell.startsWith(EXAMPLE))) return null
    const cells = new Cells(reading, row)
    for (const { id } of fields) cells.fault(id)
    const staged: Staged = { line: row.line }
    read(cells, staged, { ...reading, lists, byAge })
    return { staged, refusals: cells.refusals }
  }
}

interface Lists { lists: Record<'categories' | 'groups' | 'unitKinds' | 'forms' | 'roles', Map<string, string>>, byAge: Set<string> }

class Cells {
  readonly refusals: Refusal[] = []
  private readonly reading: Reading
  private readonly row: Row

  constructor(reading: Reading, row: Row) {
    this.reading = reading
    this.row = row
  }

  text(field: string): string {
    const column = this.reading.columns[field]
    const own = column === undefined ? '' : (this.row.cells[column] ?? '').trim()
    return own === '' ? this.reading.fixed[field] ?? '' : own
  }

  /** A cell that could not even be read. */
  fault(field: string): void {
    const column = this.reading.columns[field]
    const code = column === undefined ? undefined : this.row.faults?.[column]
    // Only a long number loses its end that matters here.
    if (code) this.refuse(field, code === 'number_rounded' ? 'import_number_rounded' : `import_${code}`)
  }

  refuse(field: string, code: string, details: Record<string, unknown> = {}): void {
    if (!this.refusals.some(refusal => refusal.field === field)) this.refusals.push({ line: this.row.line, field, code, details })
  }

  /** The value of a cell that says something; undefined otherwise, with the refusal noted. */
  take<T>(field: string, read: (text: string) => Read<T>, missing?: string): T | undefined {
    const text = this.text(field)
    if (text === '') {
      if (missing) this.refuse(field, missing)
      return undefined
    }
    const value = read(text)
    if (!isWrong(value)) return value
    this.refuse(field, value.wrong, value.details)
    return undefined
  }

  get isClean(): boolean { return this.refusals.length === 0 }
}

function who(cells: Cells, staged: Staged, { places, today, readIdNumber }: Reading): void {
  staged.name = cells.take('name', readName, 'import_name_missing')
  staged.sex = cells.take('sex', readSex)
  staged.birth_year = cells.take('birth', text => readBirthYear(text, today))
  staged.phone = cells.take('phone', readPhone)
  staged.residence_unit_id = cells.take('residence', text => places.find(text, cells.text('township'), isVillage))?.id
  staged.idNumber = cells.take<string>('idNumber', (text) => {
    const id = readIdNumber(plain(text))
    if (typeof id === 'string') return { wrong: `import_${id}` }
    if (staged.birth_year !== undefined && staged.birth_year !== id.birthYear) return { wrong: 'import_id_birth_differs' }
    if (staged.sex !== undefined && staged.sex !== id.sex) return { wrong: 'import_id_sex_differs' }
    staged.birth_year = id.birthYear
    staged.sex = id.sex
    return id.number
  })
}

const isVillage = (place: Place) => place.nature === 'administration' && place.level === 'village'
const isAdministration = (place: Place) => place.nature === 'administration'

function participation(cells: Cells, staged: Staged, reading: Reading & Lists): void {
  who(cells, staged, reading)
  staged.card = cells.take('card', text => plain(text).toUpperCase().replaceAll(/[\s-]/g, ''))
  if (!staged.idNumber && !staged.phone && !staged.card && (!staged.birth_year || !staged.residence_unit_id)) {
    cells.refuse(['idNumber', 'phone', 'card', 'birth', 'residence'].find(field => reading.columns[field] !== undefined) ?? 'name', 'import_who_missing')
  }
  when(cells, staged, reading)
  staged.category_id = cells.take('category', text => choice(reading.lists.categories, text))
  staged.kind = cells.take('kind', text => choice(KIND_WORDS, text)) ?? 'training'
  staged.role = cells.take('role', text => choice(ROLE_WORDS, text)) ?? 'learner'
  staged.form = cells.take('form', text => readText(text, 20))
  staged.department = cells.take('department', text => readText(text, 40))
  staged.programme = cells.take('programme', text => readText(text, 60))
  staged.fee_fen = cells.take('fee', text => readFee(text, 999_999, 'import_fee_invalid'))
  staged.for_profit = cells.take('forProfit', text => yesOrNo(text))
  staged.host_unit_id = cells.text('host') === '' ? reading.unitId : cells.take('host', text => reading.places.find(text, '', () => true))?.id
  staged.session_id = cells.take('session', (text): Read<number> => /^[1-9]\d{0,14}$/.test(plain(text)) ? Number(plain(text)) : { wrong: 'import_session_number' })
}

function when(cells: Cells, staged: Staged, { today }: Reading): void {
  const date = cells.take('date', readDay, 'import_date_missing')
  const time = cells.take('time', readTime) ?? (date?.time ? { from: date.time } : undefined)
  if (!date) return
  if (date.day > today) return cells.refuse('date', 'import_date_future')
  if (date.day < '1990-01-01') return cells.refuse('date', 'import_date_too_early')
  const start = new Date(`${date.day}T${time?.from ?? '00:00'}:00+08:00`)
  const end = time && 'to' in time && time.to ? new Date(`${date.day}T${time.to}:00+08:00`) : null
  const hours = cells.take('hours', readHours) ?? (end ? Math.round((end.getTime() - start.getTime()) / 36_000) / 100 : undefined)
  // Of a session that is named, its own time and hours are taken.
  if (hours === undefined && cells.text('session') === '') return cells.refuse('hours', 'import_hours_missing')
  staged.hours = hours ?? 0
  staged.started_at = start.toISOString()
  staged.ended_at = (end ?? new Date(start.getTime() + staged.hours * 3_600_000)).toISOString()
}

function persons(cells: Cells, staged: Staged, reading: Reading & Lists): void {
  who(cells, staged, reading)
  if (staged.birth_year === undefined) cells.refuse('birth', 'import_birth_missing')
  if (staged.residence_unit_id === undefined) cells.refuse('residence', 'import_home_missing')
  const groups = splitWords(cells.text('groups')).map(word => choice(reading.lists.groups, word))
  if (groups.some(isWrong)) cells.refuse('groups', 'import_group_unknown')
  staged.groups = [...new Set(groups.filter(group => !isWrong(group)) as string[])].filter(id => !reading.byAge.has(id))
  staged.group_source = cells.take('groupSource', text => readText(text, 80))
  if (staged.groups.length && !staged.group_source) cells.refuse('groupSource', 'import_group_source_missing')
  const [from, to] = [cells.take('groupsFrom', readDay)?.day, cells.take('groupsTo', readDay)?.day]
  if (from && from > reading.today) cells.refuse('groupsFrom', 'import_date_future')
  if (to && to < (from ?? reading.today)) cells.refuse('groupsTo', 'dates_reversed')
  if (staged.groups.length) Object.assign(staged, { groups_from: from, groups_to: to })
  staged.guardianPhone = cells.take('guardianPhone', readPhone)
  staged.guardianIdNumber = cells.take<string>('guardianIdNumber', (text) => {
    const id = reading.readIdNumber(plain(text))
    return typeof id === 'string' ? { wrong: `import_${id}` } : id.number
  })
  staged.guardian_relation = cells.take('guardianRelation', text => choice(RELATION_WORDS, text))
  const consent = cells.take('guardianConsent', text => choice(YES_WORDS, text))
  if (consent) staged.guardian_consent = consent === 'yes'
}

function populations(cells: Cells, staged: Staged, reading: Reading & Lists): void {
  staged.unit_id = cells.take('unit', text => reading.places.find(text, cells.text('township'), isAdministration), 'import_unit_missing')?.id
  const year = cells.take('year', readYear, 'import_year_missing')
  const count = cells.take('count', readCount, 'import_count_missing')
  const source = cells.take('source', text => readText(text, 80), 'import_source_missing')
  const asOf = cells.take('asOf', readDay, 'import_as_of_missing')?.day
  const group = cells.take('group', text => choice(reading.lists.groups, text)) ?? 'resident'
  const area = cells.take('area', text => choice(AREA_WORDS, text)) ?? 'all'
  if (asOf && asOf > reading.today) cells.refuse('asOf', 'import_date_future')
  if (year && (year < 1990 || year > Number(reading.today.slice(0, 4)) + 1)) cells.refuse('year', 'import_year_out_of_range')
  staged.details = { year, group, area, count, source, asOf }
}

function units(cells: Cells, staged: Staged, reading: Reading & Lists): void {
  staged.name = cells.take('name', text => readName(text, 60), 'import_name_missing')
  if (staged.name && staged.name.length < 2) cells.refuse('name', 'import_unit_name_short')
  staged.unit_id = cells.take('parent', text => reading.places.find(text, cells.text('township'), isAdministration), 'import_unit_missing')?.id
  staged.kind = cells.take('kind', text => choice(reading.lists.unitKinds, text), 'import_unit_kind_missing')
  const text = (field: string, longest: number) => cells.take(field, value => readText(value, longest))
  staged.details = {
    code: cells.take('code', value => /^[A-Za-z0-9-]{1,40}$/.test(plain(value)) ? plain(value) : { wrong: 'import_code_invalid' }),
    area: cells.take('area', (value) => {
      const area = choice(AREA_WORDS, value)
      return area === 'all' ? { wrong: 'import_choice_unknown' } : area
    }),
    openedOn: cells.take('openedOn', readDay)?.day,
    localName: text('localName', 60), hostBody: text('hostBody', 80), address: text('address', 120), contactPhone: text('contactPhone', 30), summary: text('summary', 600),
    shouldBuild: cells.take('shouldBuild', value => yesOrNo(value)), standardMet: cells.take('standardMet', value => yesOrNo(value)),
    rooms: cells.take('rooms', value => countUpTo(1000, value)), computers: cells.take('computers', value => countUpTo(10_000, value)),
    zoneStatus: cells.take('zoneStatus', value => choice(ZONE_WORDS, value)), zoneLevel: cells.take('zoneLevel', value => choice(ZONE_LEVEL_WORDS, value)),
    contactRole: cells.take('contactRole', value => choice(reading.lists.roles, value)),
  }
  const [zone, level] = [cells.text('zoneStatus'), cells.text('zoneLevel')]
  if ((zone === '') !== (level === '')) cells.refuse(zone === '' ? 'zoneStatus' : 'zoneLevel', 'unit_zone_incomplete')
  // A school may be several kinds of school at once; an administration is nothing else.
  const natureOf = (kind: unknown) => reading.words.unitKinds.find(({ id }) => id === kind)?.nature
  const further = splitWords(cells.text('furtherKinds')).map(word => choice(reading.lists.unitKinds, word))
  if (further.some(kind => natureOf(kind) !== natureOf(staged.kind) || kind === 'administration')) cells.refuse('furtherKinds', 'import_unit_kinds_wrong')
  staged.details.furtherKinds = [...new Set(further.filter(kind => kind !== staged.kind))]
}

function yesOrNo(text: string): Read<boolean> {
  const word = choice(YES_WORDS, text)
  return isWrong(word) ? word : word === 'yes'
}

function countUpTo(most: number, text: string): Read<number> {
  const count = readCount(text)
  return isWrong(count) || count <= most ? count : { wrong: 'import_count_too_large', details: { most } }
}

function activities(cells: Cells, staged: Staged, reading: Reading & Lists): void {
  const text = (field: string, longest: number) => cells.take(field, value => readText(value, longest))
  staged.name = cells.take('title', value => readText(value, 60), 'import_title_missing')
  if (staged.name && staged.name.length < 2) cells.refuse('title', 'import_title_missing')
  const date = cells.take('date', readDay, 'import_date_missing')
  const time = cells.take('time', readTime, 'import_session_time_missing')
  if (time && !time.to) cells.refuse('time', 'import_session_time_missing')
  if (date && time?.to) {
    if (date.day <= reading.today) cells.refuse('date', 'import_session_past')
    staged.started_at = new Date(`${date.day}T${time.from}:00+08:00`).toISOString()
    staged.ended_at = new Date(`${date.day}T${time.to}:00+08:00`).toISOString()
    const hours = (Date.parse(staged.ended_at) - Date.parse(staged.started_at)) / 3_600_000
    if (hours <= 0 || hours > 12) cells.refuse('time', 'session_ends_first')
  }
  staged.form = cells.take('form', value => choice(reading.lists.forms, value), 'import_form_missing')
  staged.category_id = cells.take('category', value => choice(reading.lists.categories, value), 'import_category_missing')
  staged.kind = cells.take('kind', (value) => {
    const kind = choice(KIND_WORDS, value)
    return isWrong(kind) || ACTIVITY_KINDS.has(kind) ? kind : { wrong: 'import_choice_unknown' }
  }) ?? 'training'
  staged.host_unit_id = cells.text('host') === '' ? reading.unitId : cells.take('host', value => reading.places.find(value, '', () => true))?.id
  staged.department = twoLetters(cells, 'department')
  const seats = cells.take('seats', (value) => {
    const count = readCount(value)
    return isWrong(count) || (count >= 1 && count <= 5000) ? count : { wrong: 'capacity_invalid' }
  })
  const signUp = cells.take('signUp', value => choice(SIGN_UP_WORDS, value)) ?? (seats === undefined ? 'none' : 'session')
  if (signUp !== 'none' && seats === undefined) cells.refuse('seats', 'capacity_invalid')
  staged.details = {
    venue: text('venue', 60), room: text('room', 60), lecturer: twoLetters(cells, 'lecturer'), signUp, seats: signUp === 'none' ? undefined : seats,
    phone: cells.take('phone', value => /^\d[\d -]{4,19}$/.test(plain(value)) ? plain(value) : { wrong: 'contact_phone_invalid' }), summary: text('summary', 2000),
    ...conditions(cells, signUp),
  }
}

/** Who may come and what it costs, when sign-up is open and how people are let in: the same faults as in the form, each with its column. */
function conditions(cells: Cells, signUp: string | undefined): Record<string, unknown> {
  const fee = cells.take('fee', value => readFee(value, 100_000, 'fee_invalid'))
  const feeFor = twoLetters(cells, 'feeFor')
  if (fee && !feeFor) cells.refuse('feeFor', 'fee_reason_missing')
  const ages = cells.take('ages', readAges)
  const minors = cells.take('minors', value => choice(MINORS_WORDS, value))
  if (fee && minors !== 'not' && ages?.oldest !== undefined && ages.oldest < 18) cells.refuse('fee', 'fee_of_minors')
  const minorsStaff = cells.take('minorsStaff', (value) => {
    const names = splitWords(value)
    return names.length <= 4 && names.every(name => name.length >= 2 && name.length <= 20) ? names : { wrong: 'minors_staff_invalid' }
  })
  const admission = cells.take('admission', value => choice(ADMISSION_WORDS, value))
  const opensAt = cells.take('opensAt', value => readMoment(value, '00:00'))
  const closesAt = cells.take('closesAt', value => readMoment(value, '23:59'))
  if (opensAt && closesAt && closesAt <= opensAt) cells.refuse('closesAt', 'window_invalid')
  if (admission === 'draw' && signUp !== 'none' && !closesAt) cells.refuse('closesAt', 'draw_window_missing')
  return { feeFen: fee, feeFor: fee ? feeFor : undefined, youngest: ages?.youngest, oldest: ages?.oldest, minors, minorsStaff, admission, opensAt, closesAt }
}

/** Yuan, to the fen, as fen. */
function readFee(value: string, most: number, wrong: string): Read<number> {
  const text = plain(value).replace(/元$/, '').trim()
  if (/^(?:免费|无|不收费)$/.test(text)) return 0
  const fen = /^\d{1,4}(?:\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : Number.NaN
  return fen <= most ? fen : { wrong }
}

/** 50-80, 60岁以上, 12岁以下. */
function readAges(value: string): Read<{ youngest?: number, oldest?: number }> {
  const text = plain(value).replaceAll(/[\s岁周]/g, '').replaceAll(/[－—–~～至到]/g, '-')
  const [, from, to] = /^(\d{1,3})-(\d{1,3})$/.exec(text) ?? []
  const [, least] = /^(\d{1,3})(?:\+|及?以上)$/.exec(text) ?? []
  const [, most] = /^(\d{1,3})及?以下$/.exec(text) ?? []
  const [youngest, oldest] = [from ?? least, to ?? most].map(age => age === undefined ? undefined : Number(age))
  if (/^(?:不限|无)$/.test(text)) return {}
  return (youngest === undefined && oldest === undefined) || (youngest ?? 0) > (oldest ?? 120) || (oldest ?? 0) > 120 ? { wrong: 'ages_invalid' } : { youngest, oldest }
}

/** A moment at China's clock; a day alone at `hour`. */
function readMoment(value: string, hour: string): Read<string> {
  const read = readDay(value)
  return isWrong(read) ? read : new Date(`${read.day}T${read.time ?? hour}:00+08:00`).toISOString()
}

function twoLetters(cells: Cells, field: string): string | undefined {
  return cells.take(field, (value) => {
    const read = readText(value, 60)
    return isWrong(read) || read.length >= 2 ? read : { wrong: 'name_of_two' }
  })
}

function choice(words: Map<string, string>, text: string): Read<string> {
  return words.get(plain(text).toLowerCase().replaceAll(' ', '')) ?? { wrong: 'import_choice_unknown' }
}
