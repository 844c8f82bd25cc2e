// Certificates from elsewhere: who issues them, what they are worth, and cases of the demo's own residents at several steps.
import type postgres from 'postgres'
import type { Vault } from '../server/privacy/vault.ts'
import { DEMO_RESIDENTS } from './accounts.ts'
import { type Day, momentOf } from './calendar.ts'
import type { Region } from './network.ts'
import type { Random } from './random.ts'
import type { Staff } from './staff.ts'

const BODIES = [['清江开放大学', 'Qingjiang Open University'], ['省职业技能鉴定中心', 'Provincial Skill Assessment Centre'], ['市老年大学', 'City University of the Third Age']] as const
/** Body, words in the title, level, credits, category. */
const PAIRS = [
  [0, '计算机应用', '', 2, 'digital'], [0, '普通话水平', '', 1.5, 'culture_leisure'], [1, '养老护理员', '', 3, 'vocational_skill'], [1, '养老护理员', '高级', 5, 'vocational_skill'],
  [1, '电工', '', 4, 'vocational_skill'], [2, '书画结业', '', 1, 'culture_leisure'],
] as const

interface DemoCase { who: keyof typeof DEMO_RESIDENTS, body: number, title: string, number: string | null, level?: string, hours: number, daysAgo: number, state: 'open' | 'asked' | 'declined', note?: string }
const CASES: DemoCase[] = [
  { who: 'elder', body: 2, title: '书画结业证书', number: 'LN-2025-0318', hours: 64, daysAgo: 40, state: 'declined', note: '证书没有盖章，请向学校补盖后再交' },
  { who: 'elder', body: 0, title: '普通话水平测试证书', number: null, hours: 20, daysAgo: 6, state: 'asked', note: '请补交有编号的那一页' },
  { who: 'returner', body: 1, title: '养老护理员职业技能证书', number: 'HL-3308-1127', level: '高级', hours: 160, daysAgo: 3, state: 'open' },
  { who: 'townsman', body: 1, title: '养老护理员职业技能证书', number: 'HL-3308-1127', level: '高级', hours: 160, daysAgo: 2, state: 'open' },
]

export async function addRecognition(sql: postgres.TransactionSql, random: Random, vault: Vault, region: Region, { managerOf, members }: Staff, today: Day): Promise<void> {
  const entered = momentOf(today - 60, 9 * 60)
  const bodies: number[] = []
  for (const [zh, en] of BODIES) bodies.push((await sql`insert into public.recognition_bodies (zh, en, entered_at) values (${zh}, ${en}, ${entered}) returning id`)[0]!.id as number)
  for (const [body, words, level, credits, category] of PAIRS) {
    await sql`insert into public.recognition_pairs (body_id, title_words, level, milli_credits, category_id, in_force, entered_at)
      values (${bodies[body]!}, ${words}, ${level}, ${credits * 1000}, ${category}, daterange(null, null), ${entered})`
  }
  // Neither of them the applicant: the town's school and the county's college.
  const county = region.counties[0]!
  const reviewers = [managerOf.get(county.townships[0]!)!, managerOf.get(county)!]
  const personOf = (account: string) => members.find(member => member.account?.id === account)!.person.id
  for (const one of CASES) await addCase(one)

  async function addCase({ who, body, title, number, level = '', hours, daysAgo, state, note }: DemoCase): Promise<void> {
    const lookup = vault.lookup('phone', DEMO_RESIDENTS[who].phone).toString('hex')
    const [person] = await sql`select person.id, person.residence_unit_id from identity.accounts account join public.persons person on person.id = account.person_id where account.phone_lookup = ${lookup}`
    const at = (after: number) => momentOf(today - daysAgo + after, 9 * 60 + 20)
    const isOver = state === 'declined'
    const [made] = await sql`
      insert into public.recognition_cases (person_id, unit_id, body, title, number, level, issued_on, hours, state, submitted_at, decided_at, ended_at, reason)
      values (${person!.id}, ${person!.residence_unit_id}, ${BODIES[body]![0]}, ${title}, ${number}, ${level}, ${momentOf(today - 200, 0).slice(0, 10)}, ${hours}, ${state}, ${at(0)},
        ${isOver ? at(2) : null}, ${isOver ? at(2) : null}, ${isOver ? note! : null}) returning id`
    const id = random.uuid()
    const content = paperOf(title, number)
    const { cipher, keyId, lookup: equal, digest } = vault.sealFile(id, content)
    await sql`insert into private.recognition_files (id, case_id, kind, bytes, cipher, key_id, lookup, digest, uploaded_at) values (${id}, ${made!.id}, 'application/pdf', ${content.length}, ${cipher}, ${keyId}, ${equal}, ${digest}, ${at(0)})`
    const tell = (what: string, after: number, said: string | null, account: string | null) => sql`
      insert into public.recognition_events (case_id, at, what, note, by_account) values (${made!.id}, ${at(after)}, ${what}, ${said}, ${account})`
    await tell('submitted', 0, null, null)
    if (state === 'asked') await tell('asked', 1, note!, reviewers[0]!.account.id)
    if (!isOver) return
    for (const [index, { account }] of reviewers.entries()) {
      await sql`insert into public.recognition_reviews (case_id, round, person_id, accepts, reason, at, by_account) values (${made!.id}, 1, ${personOf(account.id)}, false, ${note!}, ${at(index + 1)}, ${account.id})`
      await tell('proposed', index + 1, null, account.id)
    }
    await tell('declined', 2, note!, reviewers[1]!.account.id)
  }
}

/** A page with a line of text: what a scanner makes, in little. */
function paperOf(title: string, number: string | null): Buffer {
  const line = Buffer.from(`\uFEFF${title} ${number ?? ''}`, 'utf16le').swap16().toString('hex').toUpperCase()
  const page = `BT /F 24 Tf 72 720 Td <${line}> Tj ET`
  return Buffer.from(`%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n`
    + `3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>> endobj\n`
    + `4 0 obj <</Length ${page.length}>> stream\n${page}\nendstream endobj\n5 0 obj <</Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R]>> endobj\n`
    + `6 0 obj <</Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo <</Registry (Adobe) /Ordering (GB1) /Supplement 2>>>> endobj\n`
    + `trailer <</Root 1 0 R /Size 7>>\nstartxref\n0\n%%EOF\n`)
}
