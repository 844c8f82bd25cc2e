// The columns of each kind of import: what they are called, which must be there, and by which words people name them.
export const KINDS = ['participation', 'persons', 'populations', 'units', 'activities'] as const
export type ImportKind = typeof KINDS[number]

export interface Field {
  id: string
  /** The heading of the template. */
  zh: string
  en: string
  /** Without it there is no row. `one` of several of the same mark is enough. */
  required?: true | string
  /** Other headings that mean it. */
  also?: string[]
  /** Can be said once for the whole file. */
  fixed?: true
  example: string
  /** What belongs in it; the words to be typed are Chinese in both. */
  hint: string
  hintEn: string
}

/** What the asking account must be able to do on the unit of the import. */
export const SIGHT_OF = { participation: 'trainings', persons: 'people', populations: 'populations', units: 'network', activities: 'activities' } as const

const NAME: Field = { id: 'name', zh: '姓名', en: 'Name', required: true, also: ['学员姓名', '参训人员', '签到人', '签名', '姓 名'], example: '王秀英', hint: '必填。', hintEn: 'Required.' }
const RESIDENCE: Field = { id: 'residence', zh: '居住地', en: 'Home', also: ['村(社区)', '村社区', '村', '社区', '所在村', '居住村', '户籍地', '村居', '所属村社区', '居住地编码', '家庭住址', '现居住地'], example: '{village}', hint: '村（社区）的名称或编码；有同名的村时请填“乡镇”一列，或者写编码。', hintEn: 'Name or code of the village; where several have the name, fill in the township too, or use the code.' }
const TOWNSHIP: Field = { id: 'township', zh: '乡镇', en: 'Township', also: ['乡镇(街道)', '乡镇街道', '镇', '街道', '所属乡镇', '镇街'], example: '{township}', hint: '同名的村才需要。', hintEn: 'Only for villages whose name is not the only one.' }
const SEX: Field = { id: 'sex', zh: '性别', en: 'Sex', also: ['性 别'], example: '女', hint: '男或女。', hintEn: '男 (male) or 女 (female).' }
const BIRTH: Field = { id: 'birth', zh: '出生年份', en: 'Year of birth', also: ['出生日期', '出生年月', '生日', '出生', '出生年'], example: '1954', hint: '年份或出生日期；有身份证号时可以不填。', hintEn: 'A year or a date of birth; not needed with an ID number.' }
const PHONE: Field = { id: 'phone', zh: '手机号', en: 'Phone', also: ['手机', '手机号码', '联系电话', '电话', '联系方式', '电话号码'], example: '13912345678', hint: '11 位手机号。', hintEn: 'A mobile number of 11 digits.' }
const ID_NUMBER: Field = { id: 'idNumber', zh: '身份证号', en: 'ID number', also: ['身份证', '身份证号码', '公民身份号码', '证件号码', '证件号'], example: '', hint: '18 位；请把这一列设成“文本”，否则末几位会丢。', hintEn: '18 characters; format the column as text, or the last digits are lost.' }

const FIELDS: Record<ImportKind, Field[]> = {
  participation: [
    NAME,
    { ...ID_NUMBER, required: 'who', hint: `${ID_NUMBER.hint}认人最准。`, hintEn: '18 characters; format the column as text, or the last digits are lost. The surest way to know somebody.' },
    { ...PHONE, required: 'who', hint: `${PHONE.hint}手机号和姓名一起认人。`, hintEn: 'A mobile number of 11 digits. Together with the name it says who is meant.' },
    { id: 'card', zh: '学习卡号', en: 'Card number', required: 'who', also: ['卡号', '学员卡号', '学员证号'], example: '', hint: '学员卡上的号码。', hintEn: 'The number on the learner’s card.' },
    { ...BIRTH, required: 'who', hint: '没有身份证号、手机号和卡号时，用姓名、出生年份和居住地认人。', hintEn: 'Without ID number, phone and card, name, year of birth and home say who is meant.' },
    RESIDENCE, TOWNSHIP, SEX,
    { id: 'date', zh: '日期', en: 'Date', required: true, fixed: true, also: ['培训日期', '活动日期', '培训时间', '上课日期', '活动时间', '签到日期', '开班日期', '学习日期'], example: '2026-03-05', hint: '必填。2026-03-05、2026/3/5、2026年3月5日都可以。', hintEn: 'Required. 2026-03-05, 2026/3/5 and 2026年3月5日 are all read.' },
    { id: 'time', zh: '时间', en: 'Time', fixed: true, also: ['开始时间', '上课时间', '起止时间', '时段'], example: '09:00-11:00', hint: '09:00，或 09:00-11:00。', hintEn: '09:00, or 09:00-11:00.' },
    { id: 'hours', zh: '学时', en: 'Hours', required: 'hours', fixed: true, also: ['课时', '培训学时', '小时', '时长', '学时数'], example: '2', hint: '小时数，不超过 24；写了起止时间可以不填。', hintEn: 'Hours, 24 at most; not needed beside a time with beginning and end.' },
    { id: 'category', zh: '类别', en: 'Subject', fixed: true, also: ['课程类别', '培训类别', '内容类别', '主题', '培训类型'], example: '{category}', hint: '见“可选的词”一页。', hintEn: 'The words to choose from are on the sheet “可选的词” of the template.' },
    { id: 'kind', zh: '种类', en: 'Kind', fixed: true, also: ['活动种类', '学习种类', '活动类型'], example: '培训', hint: '培训、讲座、活动、竞赛、团队活动、志愿服务、工作人员培训；不填就是培训。', hintEn: '培训 (training), 讲座 (lecture), 活动 (activity), 竞赛 (contest), 团队活动 (team session), 志愿服务 (volunteer service), 工作人员培训 (staff training); empty means training.' },
    { id: 'form', zh: '形式', en: 'Form', fixed: true, also: ['培训形式', '活动形式', '方式'], example: '集中授课', hint: '自由填写，20 字以内。', hintEn: 'In your own words, up to 20 characters.' },
    { id: 'host', zh: '主办单位', en: 'Host', fixed: true, also: ['举办单位', '承办单位', '主办', '组织单位', '主办单位编码'], example: '{host}', hint: '网络里的单位名称或编码；不填就是导入的单位。', hintEn: 'Name or code of a unit of the network; empty means the unit of the import.' },
    { id: 'department', zh: '授课部门', en: 'Department', fixed: true, also: ['部门', '培训部门', '主管部门', '实施部门'], example: '农业农村局', hint: '自由填写，40 字以内。', hintEn: 'In your own words, up to 40 characters.' },
    { id: 'programme', zh: '项目名称', en: 'Programme', fixed: true, also: ['培训名称', '活动名称', '课程名称', '培训项目', '班次', '培训内容', '活动主题', '课程'], example: '柑橘春季管理培训', hint: '自由填写，60 字以内。', hintEn: 'In your own words, up to 60 characters.' },
    { id: 'fee', zh: '收费', en: 'Fee', fixed: true, also: ['费用', '学费', '培训费', '收费(元)', '费用(元)', '收费标准'], example: '', hint: '每人多少元；不收费就空着。', hintEn: 'Yuan for each person; empty where it was free.' },
    { id: 'forProfit', zh: '是否营利', en: 'For profit', fixed: true, also: ['营利', '营利性', '是否营利性', '营利性培训'], example: '', hint: '是或否：有没有单位或个人靠这次培训赚钱。不填就是没有。', hintEn: '是 (yes) or 否 (no): whether anybody earned by this training. Empty means no.' },
    { id: 'role', zh: '角色', en: 'Role', fixed: true, also: ['身份', '参加身份'], example: '学员', hint: '学员、家长、受训人员、辅导员、讲师、志愿者、组织者；不填就是学员。', hintEn: '学员 (learner), 家长 (guardian), 受训人员 (trainee), 辅导员 (tutor), 讲师 (lecturer), 志愿者 (volunteer), 组织者 (organiser); empty means learner.' },
    { id: 'session', zh: '场次编号', en: 'Session number', fixed: true, also: ['场次号'], example: '', hint: '在签到页和签到表上。写了就算这一场的：名称、时间、主办、类别以那一场为准，日期要对得上；不是某一场活动的名单不填。', hintEn: 'On the page and the sheet for signing in. With it, title, time, host and subject are those of the session, and the date has to fit; leave it empty where the list is of no session.' },
  ],
  persons: [
    NAME, SEX, { ...BIRTH, required: 'birth' }, { ...RESIDENCE, required: true }, TOWNSHIP, PHONE, { ...ID_NUMBER, required: 'birth' },
    { id: 'groups', zh: '人群', en: 'Groups', also: ['人群类别', '人员类别', '所属人群', '人员类型'], example: '农村劳动力', hint: '几个之间用顿号；老年人、青少年等按年龄自动算，不用填。', hintEn: 'Several with 、 between them; groups by age are worked out and left out here.' },
    { id: 'groupSource', zh: '人群来源', en: 'Source of groups', fixed: true, also: ['来源', '登记来源', '数据来源'], example: '农村劳动力资源台账', hint: '填了人群就要填：哪本台账或名册。', hintEn: 'Needed with a group: the register that says so.' },
    { id: 'groupsFrom', zh: '人群起始日期', en: 'In the groups from', fixed: true, also: ['起始日期', '认定日期', '人群开始日期'], example: '2026-01-01', hint: '从哪一天起属于这些人群；不填就从今天起。', hintEn: 'The first day in these groups; empty means today.' },
    { id: 'groupsTo', zh: '人群截止日期', en: 'In the groups until', fixed: true, also: ['截止日期', '终止日期', '有效期至', '人群结束日期'], example: '', hint: '最后一天；还没有结束的不填。', hintEn: 'The last day; empty while it has not ended.' },
    { id: 'guardianPhone', zh: '家长手机号', en: 'Guardian\'s phone', also: ['监护人电话', '家长电话', '监护人手机', '监护人手机号', '家长联系电话'], example: '', hint: '14 岁以下必填一项：家长须已登记，用手机号或身份证号认。登记过的孩子也会补上家长。', hintEn: 'Below 14 one of the two is required: the guardian is registered already and known by phone or ID number. A child registered before is given its guardian too.' },
    { id: 'guardianIdNumber', zh: '家长身份证号', en: 'Guardian\'s ID number', also: ['监护人身份证号', '监护人身份证', '家长身份证'], example: '', hint: '同上。', hintEn: 'As above.' },
    { id: 'guardianRelation', zh: '监护关系', en: 'Guardian is the child\'s', fixed: true, also: ['与孩子关系', '和孩子的关系', '家长关系', '监护人关系', '关系'], example: '', hint: '填了家长就要填：母亲、父亲、祖父母、亲属或其他。', hintEn: 'Needed with a guardian: 母亲 (mother), 父亲 (father), 祖父母 (grandparent), 亲属 (relative) or 其他 (other).' },
    { id: 'guardianConsent', zh: '监护人同意', en: 'Guardian agreed', fixed: true, also: ['家长同意', '是否同意', '监护人是否同意'], example: '', hint: '是或否：家长同意孩子参加，并由家长代为报名。不填就是没有同意。', hintEn: '是 (yes) or 否 (no): the guardian agrees to the child taking part, signed up by the guardian. Empty means no.' },
  ],
  populations: [
    { id: 'unit', zh: '单位', en: 'Unit', required: true, also: ['单位名称', '村(社区)', '村社区', '村', '行政区', '行政村', '单位编码', '地区', '所在地'], example: '{village}', hint: '必填。行政区的名称或编码。', hintEn: 'Required. Name or code of an administration.' },
    TOWNSHIP,
    { id: 'year', zh: '年份', en: 'Year', required: true, fixed: true, also: ['年度', '统计年份'], example: '{year}', hint: '必填。', hintEn: 'Required.' },
    { id: 'group', zh: '人群', en: 'Group', fixed: true, also: ['人群类别', '统计口径', '人口类别'], example: '常住居民', hint: '见“可选的词”一页；不填就是常住居民。', hintEn: 'The words to choose from are on the sheet “可选的词” of the template. Empty means residents.' },
    { id: 'area', zh: '城乡', en: 'Area', fixed: true, also: ['城乡类别', '区域类型'], example: '', hint: '城镇、乡村；不填就是全部。', hintEn: '城镇 (urban) or 乡村 (rural); empty means all.' },
    { id: 'count', zh: '人数', en: 'Number', required: true, also: ['人口数', '数量', '人口', '总人数', '常住人口'], example: '1260', hint: '必填。整数。', hintEn: 'Required. A whole number.' },
    { id: 'source', zh: '来源', en: 'Source', required: true, fixed: true, also: ['数据来源', '资料来源'], example: '公安户籍年报', hint: '必填。数字从哪里来。', hintEn: 'Required. Where the number comes from.' },
    { id: 'asOf', zh: '截至日期', en: 'As of', required: true, fixed: true, also: ['截止日期', '统计日期', '数据日期', '截至'], example: '{year}-01-01', hint: '必填。数字是哪一天的。', hintEn: 'Required. The day that the number is of.' },
  ],
  units: [
    { id: 'name', zh: '名称', en: 'Name', required: true, also: ['单位名称', '学校名称', '学习点名称'], example: '柳溪村学习点', hint: '必填。2 到 60 个字。', hintEn: 'Required. 2 to 60 characters.' },
    { id: 'code', zh: '编码', en: 'Code', also: ['单位编码', '代码'], example: '', hint: '字母、数字和短横；不填就自动编。', hintEn: 'Letters, digits and hyphens; one is made where it is empty.' },
    { id: 'parent', zh: '上级单位', en: 'Above', required: true, also: ['上级', '所属单位', '所属行政区', '隶属单位', '所在村', '上级单位编码'], example: '{village}', hint: '必填。行政区的名称或编码，要已经在网络里：先导入乡镇，再导入村。', hintEn: 'Required. Name or code of an administration that is in the network already: townships first, then their villages.' },
    TOWNSHIP,
    { id: 'kind', zh: '种类', en: 'Kind', required: true, fixed: true, also: ['单位类别', '单位种类', '学校类别', '类型'], example: '学习点', hint: '必填。见“可选的词”一页。', hintEn: 'Required. The words to choose from are on the sheet “可选的词” of the template.' },
    { id: 'area', zh: '城乡', en: 'Area', also: ['城乡类别'], example: '乡村', hint: '城镇或乡村。', hintEn: '城镇 (urban) or 乡村 (rural).' },
    { id: 'localName', zh: '当地名称', en: 'Local name', also: ['别名', '俗称'], example: '', hint: '当地人怎么叫，和名称不同才填。', hintEn: 'What people there call it, if that is another name.' },
    { id: 'openedOn', zh: '开办日期', en: 'Opened', also: ['成立日期', '设立日期', '建立日期'], example: '2024-09-01', hint: '', hintEn: '' },
    { id: 'hostBody', zh: '依托单位', en: 'Host body', also: ['举办单位', '依托机构'], example: '村委会', hint: '', hintEn: '' },
    { id: 'address', zh: '地址', en: 'Address', also: ['详细地址', '地点'], example: '', hint: '', hintEn: '' },
    { id: 'contactPhone', zh: '联系电话', en: 'Phone', also: ['电话', '办公电话'], example: '', hint: '单位的电话，会公开。', hintEn: 'The unit’s own number; it is public.' },
    { id: 'furtherKinds', zh: '兼为', en: 'Also', also: ['同时是', '其他种类', '加挂牌子'], example: '', hint: '一个单位几块牌子的，其余的种类写在这里，用顿号分开。', hintEn: 'Further kinds of a unit that is several at once, with 、 between them.' },
    { id: 'shouldBuild', zh: '应建', en: 'Should have a school', also: ['是否应建', '应建学校'], example: '', hint: '行政区：是或否，应不应该有学校或学习点。', hintEn: 'Of an administration: 是 (yes) or 否 (no), whether it should have a school or learning point.' },
    { id: 'standardMet', zh: '达标', en: 'Meets the standard', also: ['是否达标', '标准化'], example: '是', hint: '学校和学习点：是或否；没评过就空着。', hintEn: 'Of a school or learning point: 是 (yes) or 否 (no); empty if not judged yet.' },
    { id: 'zoneStatus', zh: '实验区或示范区', en: 'Zone', also: ['实验区示范区', '试验区', '区类别', '社区教育实验区'], example: '', hint: '社区教育实验区、示范区：写“实验区”或“示范区”，连同“级别”一起写；都不是就空着。', hintEn: '实验区 (experimental zone) or 示范区 (demonstration zone) of community education, together with its level; empty if neither.' },
    { id: 'zoneLevel', zh: '级别', en: 'Level of the zone', also: ['实验区级别', '示范区级别', '区级别'], example: '', hint: '国家级、省级、市级、县级；写了实验区或示范区才填。', hintEn: '国家级 (national), 省级 (provincial), 市级 (city) or 县级 (county); only of a zone.' },
    { id: 'contactRole', zh: '联系岗位', en: 'Post to ask', also: ['联系人岗位', '对外联系'], example: '', hint: '找哪个岗位的人联系，见“可选的词”一页；谁在这个岗位上就找谁。', hintEn: 'The post to ask. The words to choose from are on the sheet “可选的词” of the template. Whoever holds it is asked.' },
    { id: 'rooms', zh: '教室', en: 'Rooms', also: ['教室数', '教室间数'], example: '3', hint: '间数。', hintEn: 'How many.' },
    { id: 'computers', zh: '电脑', en: 'Computers', also: ['电脑数', '计算机', '计算机台数'], example: '12', hint: '台数。', hintEn: 'How many.' },
    { id: 'summary', zh: '介绍', en: 'About', also: ['简介', '说明'], example: '', hint: '600 字以内，会公开。', hintEn: 'Up to 600 characters; it is public.' },
  ],
  // A row is a session; rows of one host and one title are one activity.
  activities: [
    { id: 'title', zh: '活动名称', en: 'Title', required: true, also: ['名称', '课程名称', '班级名称', '课程', '活动主题', '培训名称', '班次'], example: '智能手机基础班', hint: '必填，2 到 60 个字。一行是一场；同一主办、同一名称的几行是同一个活动。', hintEn: 'Required, 2 to 60 characters. A row is a session; rows of one host and one title are one activity.' },
    { id: 'date', zh: '日期', en: 'Date', required: true, also: ['活动日期', '上课日期', '开课日期'], example: '{day}', hint: '必填。2026-03-05、2026/3/5、2026年3月5日都可以，要在今天以后。', hintEn: 'Required. 2026-03-05, 2026/3/5 and 2026年3月5日 are all read; a day to come.' },
    { id: 'time', zh: '时间', en: 'Time', required: true, fixed: true, also: ['起止时间', '上课时间', '活动时间', '时段'], example: '09:00-10:30', hint: '必填。开始和结束，例如 09:00-10:30。', hintEn: 'Required. Beginning and end, such as 09:00-10:30.' },
    { id: 'form', zh: '形式', en: 'Form', required: true, fixed: true, also: ['活动形式', '培训形式'], example: '培训班', hint: '必填。见“可选的词”一页。', hintEn: 'Required. The words to choose from are on the sheet “可选的词” of the template.' },
    { id: 'category', zh: '类别', en: 'Subject', required: true, fixed: true, also: ['课程类别', '活动类别', '内容类别'], example: '{category}', hint: '必填。见“可选的词”一页。', hintEn: 'Required. The words to choose from are on the sheet “可选的词” of the template.' },
    { id: 'kind', zh: '统计类型', en: 'Counted as', fixed: true, also: ['种类', '活动种类'], example: '培训', hint: '培训、讲座、活动、竞赛、团队活动；不填就是培训。', hintEn: '培训 (training), 讲座 (lecture), 活动 (activity), 竞赛 (contest), 团队活动 (team session); empty means training.' },
    { id: 'host', zh: '主办', en: 'Host', fixed: true, also: ['主办单位', '举办单位', '学校', '主办单位编码'], example: '{host}', hint: '网络里的单位名称或编码；不填就是导入的单位。', hintEn: 'Name or code of a unit of the network; empty means the unit of the import.' },
    { id: 'venue', zh: '地点', en: 'Venue', fixed: true, also: ['活动地点', '上课地点'], example: '镇文化站', hint: '居民找得到的写法；发布之前要有。', hintEn: 'As residents find it; needed before it is published.' },
    { id: 'room', zh: '教室', en: 'Room', fixed: true, also: ['房间'], example: '二楼电脑室', hint: '用来查场地冲突。', hintEn: 'Used to find double bookings.' },
    { id: 'lecturer', zh: '讲师', en: 'Lecturer', fixed: true, also: ['老师', '授课老师', '授课教师', '主讲人'], example: '陈老师', hint: '', hintEn: '' },
    { id: 'department', zh: '承办部门', en: 'Department', fixed: true, also: ['部门', '授课部门'], example: '', hint: '别的部门来办时填写。', hintEn: 'If another department holds it.' },
    { id: 'signUp', zh: '报名方式', en: 'Sign-up', fixed: true, also: ['怎么报名', '报名'], example: '整期', hint: '不用报名、每场、整期；不填：写了名额就是每场，没写就是不用报名。', hintEn: '不用报名 (none), 每场 (each session), 整期 (the whole term); empty: each session where seats are given, else none.' },
    { id: 'seats', zh: '名额', en: 'Seats', fixed: true, also: ['人数上限', '计划人数', '限报人数'], example: '30', hint: '要报名的必填，1 到 5000。', hintEn: 'Needed with a sign-up, 1 to 5000.' },
    { id: 'phone', zh: '联系电话', en: 'Phone', fixed: true, also: ['电话', '咨询电话', '报名电话'], example: '0900-123456', hint: '收未成年人的，发布之前要有。', hintEn: 'Needed before publishing where minors are taken.' },
    { id: 'fee', zh: '材料费', en: 'Fee for materials', fixed: true, also: ['费用', '收费', '材料费(元)', '费用(元)'], example: '', hint: '元；上课不收费，只写材料费，未满 18 岁的不收。不收就空着。', hintEn: 'Yuan. Classes are free: materials alone, and nothing from those below 18. Empty if free.' },
    { id: 'feeFor', zh: '费用用于', en: 'What the fee is for', fixed: true, also: ['材料', '收费说明', '费用说明'], example: '', hint: '写了材料费就要填，例如：宣纸和毛笔。', hintEn: 'Needed with a fee, such as: paper and brushes.' },
    { id: 'ages', zh: '年龄', en: 'Ages', fixed: true, also: ['年龄要求', '参加年龄', '年龄范围', '招生年龄'], example: '', hint: '例如 50-80、60 岁以上、12 岁以下；不限就空着。', hintEn: 'Such as 50-80, 60 岁以上 (60 and over), 12 岁以下 (12 and under); empty means everybody.' },
    { id: 'minors', zh: '未成年人', en: 'Minors', fixed: true, also: ['孩子', '是否招收未成年人'], example: '', hint: '家长陪同、可以自己来、不招；不填就是家长陪同。', hintEn: '家长陪同 (with a guardian), 可以自己来 (may come alone), 不招 (not taken); empty means with a guardian.' },
    { id: 'minorsStaff', zh: '照看孩子的人', en: 'Who looks after children', fixed: true, also: ['安全员', '照看人员', '看护人员'], example: '', hint: '孩子可以自己来，或只招未成年人的，发布之前要写两名工作人员，用顿号隔开。', hintEn: 'Where children come alone, or only minors are taken, two of the staff are named before publishing, with 、 between them.' },
    { id: 'admission', zh: '录取方式', en: 'Way of admission', fixed: true, also: ['怎么录取', '录取'], example: '', hint: '先到先得、审核、抽签；不填就是先到先得。抽签要填报名截止。', hintEn: '先到先得 (first come), 审核 (approval), 抽签 (by lot); empty means first come. A draw needs a day on which sign-up closes.' },
    { id: 'opensAt', zh: '报名开始', en: 'Sign-up opens', fixed: true, also: ['报名开始时间', '开始报名', '报名时间'], example: '', hint: '2026-03-01 或 2026-03-01 09:00；不填就是发布以后。', hintEn: '2026-03-01 or 2026-03-01 09:00; empty means once it is published.' },
    { id: 'closesAt', zh: '报名截止', en: 'Sign-up closes', fixed: true, also: ['报名截止时间', '截止日期', '截止报名'], example: '', hint: '2026-03-08 或 2026-03-08 18:00；只写日期就是到当天结束。', hintEn: '2026-03-08 or 2026-03-08 18:00; a day alone means its end.' },
    { id: 'summary', zh: '介绍', en: 'About', also: ['内容', '简介', '活动内容', '课程内容'], example: '', hint: '居民看得到，2000 字以内；几行里取第一行的。', hintEn: 'Residents see it, up to 2,000 characters; of several rows the first counts.' },
  ],
}

export function fieldsOf(kind: ImportKind): readonly Field[] {
  return FIELDS[kind]
}

/** A heading as it is compared: no blanks, no marks of being required, brackets of one kind. */
export function headingKey(heading: string): string {
  return heading.normalize('NFKC').toLowerCase().replace(/[\s*＊:："'“”]/g, '').replace(/\((?:必填|选填|可不填)\)/g, '')
}

/** Which column each field probably is, each column once: exact headings first, then the other words for them. */
export function guessColumns(kind: ImportKind, headings: readonly string[]): Record<string, number> {
  const keys = headings.map(headingKey)
  const guessed: Record<string, number> = {}
  const taken = new Set<number>()
  const take = (field: Field, names: string[]) => {
    if (field.id in guessed) return
    const at = keys.findIndex((key, index) => key !== '' && !taken.has(index) && names.some(name => headingKey(name) === key))
    if (at === -1) return
    guessed[field.id] = at
    taken.add(at)
  }
  for (const field of FIELDS[kind]) take(field, [field.zh, field.en])
  for (const field of FIELDS[kind]) take(field, field.also ?? [])
  return guessed
}

/** What is still missing before the file can be checked: field ids, or marks of which one field would do. */
export function missingFields(kind: ImportKind, has: (id: string) => boolean): string[] {
  const fields = FIELDS[kind]
  const missing = fields.filter(field => field.required === true && !has(field.id)).map(({ id }) => id)
  const marks = new Set(fields.flatMap(({ required }) => typeof required === 'string' ? [required] : []))
  for (const mark of marks) {
    const enough = fields.some(field => field.required === mark && has(field.id)) || (mark === 'hours' && has('time'))
    if (!enough) missing.push(fields.find(field => field.required === mark)!.id)
  }
  return missing
}
