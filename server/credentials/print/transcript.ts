import type { CredentialKind, CredentialSnapshot } from '../../../shared/types/credentials.ts'
import { groupedCode } from '../../../shared/utils/credential-code.ts'
import { type Certificate, chineseDate, HEADINGS } from './certificate.ts'
import { A4, type Drawing, GOLD, RED, Sheet, SOFT } from './drawing.ts'
import { linesOf } from './fonts.ts'

/** What a transcript lists, in its order. */
export interface Listed { kind: CredentialKind, code: string, snapshot: CredentialSnapshot, issuedAt: Date }

const LEFT = 56
const RIGHT = A4.short - 56
const ROWS_END = A4.long - 150
const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' })
const COLUMNS = { date: LEFT, title: LEFT + 76, unit: LEFT + 268, minutes: RIGHT - 62, credits: RIGHT }

/** A transcript on as many A4 sheets as it needs; the code that leads to its check is on each. */
export function transcriptDrawings(transcript: Certificate, listed: Listed[]): Drawing[] {
  const sheets: Sheet[] = []
  let y = 0
  const begin = () => {
    sheets.push(new Sheet(A4.short, A4.long))
    y = head(sheets.at(-1)!, transcript, sheets.length === 1)
  }
  begin()
  for (const { kind, snapshot, issuedAt } of listed) {
    const titles = linesOf(`${kind === 'course' ? '' : `${HEADINGS[kind]}：`}${snapshot.title}`, 10.5, 184)
    const units = linesOf(snapshot.unit, 9.5, 116)
    const height = Math.max(titles.length * 15, units.length * 14) + 9
    if (y + height > ROWS_END) begin()
    const sheet = sheets.at(-1)!
    sheet.text(snapshot.finishedOn ?? DAY.format(issuedAt), COLUMNS.date, y + 12, { size: 10 })
    titles.forEach((line, index) => sheet.text(line, COLUMNS.title, y + 12 + index * 15, { size: 10.5 }))
    units.forEach((line, index) => sheet.text(line, COLUMNS.unit, y + 12 + index * 14, { size: 9.5, colour: SOFT }))
    if (snapshot.minutes) sheet.text(String(snapshot.minutes), COLUMNS.minutes, y + 12, { size: 10, anchor: 'end' })
    if (snapshot.milliCredits) sheet.text(String(snapshot.milliCredits / 1000), COLUMNS.credits, y + 12, { size: 10, anchor: 'end' })
    y += height
    sheet.line(LEFT, y - 2, RIGHT, y - 2, '#d9cfbb', 0.4)
  }
  const years = transcript.snapshot.years ?? []
  if (years.length) {
    if (y + 40 + years.length * 18 > ROWS_END) begin()
    const sheet = sheets.at(-1)!
    sheet.text('各年学习总量（全部学习记录）', LEFT, y + 30, { size: 12, weight: 'bold' })
    y += 40
    for (const { year, minutes, milliCredits } of years) {
      sheet.text(`${year} 年`, COLUMNS.date, y + 12, { size: 10.5 })
      sheet.text(String(minutes), COLUMNS.minutes, y + 12, { size: 10, anchor: 'end' })
      sheet.text(String(milliCredits / 1000), COLUMNS.credits, y + 12, { size: 10, anchor: 'end' })
      y += 18
    }
  }
  sheets.forEach((sheet, index) => foot(sheet, transcript, index + 1, sheets.length))
  return sheets
}

/** Draws what stands above the rows; returns where they begin. */
function head(sheet: Sheet, { snapshot, issuedAt }: Certificate, isFirst: boolean): number {
  const middle = sheet.width / 2
  sheet.rect(0, 0, sheet.width, sheet.height, { fill: '#ffffff' })
  let y = 60
  if (isFirst) {
    sheet.text(snapshot.region, middle, y, { size: 12, colour: SOFT, spacing: 3, anchor: 'middle' })
    sheet.text(HEADINGS.transcript, middle, y + 38, { size: 28, weight: 'bold', colour: RED, spacing: 8, anchor: 'middle' })
    sheet.text(`姓名：${snapshot.name}`, LEFT, y + 76, { size: 13, weight: 'bold' })
    sheet.text(chineseDate(issuedAt), RIGHT, y + 76, { size: 11, anchor: 'end' })
    y += 90
  }
  else { sheet.text(`${HEADINGS.transcript} ${snapshot.name}`, LEFT, y, { size: 11, colour: SOFT }) }
  y += 12
  sheet.rect(LEFT, y, RIGHT - LEFT, 24, { fill: '#f6f0e2' }).line(LEFT, y, RIGHT, y, GOLD, 1)
  const columns = [['date', '日期'], ['title', '项目'], ['unit', '颁发单位'], ['minutes', '分钟'], ['credits', '学分']] as const
  for (const [column, label] of columns) {
    sheet.text(label, COLUMNS[column] + (column === 'date' ? 4 : 0), y + 16, { size: 10, weight: 'bold', anchor: column === 'minutes' || column === 'credits' ? 'end' : 'start' })
  }
  return y + 30
}

function foot(sheet: Sheet, { code, address, snapshot }: Certificate, page: number, pages: number): void {
  const y = sheet.height - 130
  sheet.line(LEFT, y, RIGHT, y, GOLD, 1).qr(address, LEFT, y + 12, 76)
  sheet.text(`成绩单编号 ${groupedCode(code)}`, LEFT + 90, y + 34, { size: 10.5 })
  sheet.text('扫码或在网站的“查验证书”页输入编号，可以查验真伪。其中任何一张证书撤销，', LEFT + 90, y + 54, { size: 9, colour: SOFT })
  sheet.text('这份成绩单也随之失效，请以查验结果为准。', LEFT + 90, y + 68, { size: 9, colour: SOFT })
  sheet.text(snapshot.unit, RIGHT, y + 34, { size: 11, weight: 'bold', anchor: 'end' })
  sheet.text(`第 ${page} 页，共 ${pages} 页`, RIGHT, sheet.height - 30, { size: 9, colour: SOFT, anchor: 'end' })
}
