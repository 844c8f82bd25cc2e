import { fieldsOf, SIGHT_OF } from '../../../imports/fields'
import { EXAMPLE } from '../../../imports/rows'
import { TemplateQuery } from '~~/shared/schemas/imports'

/** A file to fill in: headings, one example, what each column is for and the words that may be chosen. */
export default defineEventHandler(async (event) => {
  const { kind, unit: code, format } = readQuery(event, TemplateQuery)
  const desk = await requireImporter(event)
  const { unit } = await requireUnit(desk, code, SIGHT_OF[kind])
  const { database } = desk
  const [places, categories, groups, unitKinds, forms, roles] = await Promise.all([
    answerOf(database.from('units').select('name, level, parent:parent_id (name)').eq('kind_id', 'administration').eq('level', 'village').is('closed_on', null)
      .or(`id.eq.${unit.id},parent_id.eq.${unit.id}`).order('path').limit(1)),
    answerOf(database.from('categories').select('id, zh, en').order('position')),
    answerOf(database.from('population_groups').select('id, zh, en').order('position')),
    answerOf(database.from('unit_kinds').select('id, zh, en').neq('nature', 'administration').order('id')),
    answerOf(database.from('activity_forms').select('id, zh, en').order('position')),
    answerOf(database.from('post_roles').select('id, zh, en').order('id')),
  ])
  const [village] = places as unknown as { name: string, parent: { name: string } | null }[]
  const year = String(thisYear())
  const words: Record<string, string> = {
    '{village}': village?.name ?? '柳溪村', '{township}': village?.parent?.name ?? '柳溪镇', '{host}': unit.name, '{category}': categories.find(({ id }) => id === 'agri_tech')?.zh ?? '', '{year}': year,
    '{day}': new Date(Date.parse(chinaToday()) + 14 * 86_400_000).toISOString().slice(0, 10),
  }
  const fields = fieldsOf(kind)
  const example = fields.map((field, index) => (index === 0 ? EXAMPLE : '') + field.example.replace(/\{\w+\}/, name => words[name] ?? name))
  const name = `linxue-${kind}.${format}`
  if (format === 'csv') {
    sendFile(event, name, 'text/csv; charset=utf-8')
    return toCsv([fields.map(({ zh }) => zh), example])
  }
  sendFile(event, name, XLSX_TYPE)
  const choices = wordColumns(kind, { categories, groups, unitKinds, forms, roles })
  return writeWorkbook([
    { name: '填写', columns: fields.map(({ zh, example: text }) => ({ width: Math.max(zh.length * 2, text.length, 8) + 4, numFmt: '@' })), rows: [fields.map(({ zh }) => zh), example], freezePane: { rows: 1 } },
    { name: '说明', columns: [{ width: 16 }, { width: 8 }, { width: 70 }], rows: [['列', '必填', '说明'], ...fields.map(({ zh, required, hint }) => [zh, required === true ? '是' : '', hint])] },
    { name: '可选的词', columns: choices.map(() => ({ width: 24 })), rows: transposed(choices) },
  ])
})

function wordColumns(kind: string, { categories, groups, unitKinds, forms, roles }: Record<'categories' | 'groups' | 'unitKinds' | 'forms' | 'roles', { zh: string }[]>): string[][] {
  if (kind === 'participation') return [['类别', ...categories.map(({ zh }) => zh)], ['种类', '培训', '讲座', '活动', '竞赛', '团队活动', '志愿服务', '工作人员培训'], ['角色', '学员', '家长', '受训人员', '辅导员', '讲师', '志愿者', '组织者']]
  if (kind === 'activities') {
    return [['形式', ...forms.map(({ zh }) => zh)], ['类别', ...categories.map(({ zh }) => zh)], ['统计类型', '培训', '讲座', '活动', '竞赛', '团队活动'], ['报名方式', '不用报名', '每场', '整期'], ['未成年人', '家长陪同', '可以自己来', '不招'], ['录取方式', '先到先得', '审核', '抽签']]
  }
  if (kind === 'units') return [['种类', ...unitKinds.map(({ zh }) => zh)], ['城乡', '城镇', '乡村'], ['实验区或示范区', '实验区', '示范区'], ['级别', '国家级', '省级', '市级', '县级'], ['联系岗位', ...roles.map(({ zh }) => zh)]]
  return kind === 'populations' ? [['人群', ...groups.map(({ zh }) => zh)], ['城乡', '城镇', '乡村']] : [['人群', ...groups.map(({ zh }) => zh)], ['性别', '女', '男']]
}

function transposed(columns: string[][]): string[][] {
  return Array.from({ length: Math.max(...columns.map(({ length }) => length)) }, (_, at) => columns.map(column => column[at] ?? ''))
}
