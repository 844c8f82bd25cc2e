import type { CredentialKind, CredentialSnapshot } from '../../../shared/types/credentials.ts'
import { groupedCode } from '../../../shared/utils/credential-code.ts'
import { A4, type Drawing, GOLD, RED, Sheet, SOFT } from './drawing.ts'
import { linesOf, widthOf } from './fonts.ts'

/** A certificate to be drawn; `address` is where it is checked. */
export interface Certificate { kind: CredentialKind, code: string, snapshot: CredentialSnapshot, issuedAt: Date, address: string }

export const HEADINGS: Record<CredentialKind, string> = { course: '结业证书', honour: '荣誉证书', award: '学习成果证书', transcript: '学习成绩单', service: '志愿服务证明' }

const LARGEST_TITLE = 60

/** A certificate for the wall: A4 across, with a frame, the words in full form, and a code that leads to its check. */
export function certificateDrawing({ kind, code, snapshot, issuedAt, address }: Certificate): Drawing {
  const { long: width, short: height } = A4
  const middle = width / 2
  const sheet = new Sheet(width, height)
  frame(sheet)
  sheet.text(snapshot.region, middle, 104, { size: 15, colour: SOFT, spacing: 4, anchor: 'middle' })
  sheet.text(HEADINGS[kind], middle, 166, { size: 46, weight: 'bold', colour: RED, spacing: 16, anchor: 'middle' })
  ornament(sheet, middle, 190)
  const nameSize = Math.min(30, 30 * 420 / widthOf(snapshot.name, 30, 'bold'))
  sheet.text(snapshot.name, middle, 250, { size: nameSize, weight: 'bold', spacing: snapshot.name.length < 5 ? 6 : 0, anchor: 'middle' })
  const half = Math.max(70, widthOf(snapshot.name, nameSize, 'bold') / 2 + 30)
  sheet.line(middle - half, 262, middle + half, 262)
  const words = bodyOf(kind, snapshot)
  const size = words.length > 110 ? 16 : 19
  let y = 304
  for (const line of linesOf(words, size, 600)) {
    sheet.text(line, middle, y, { size, anchor: 'middle' })
    y += size * 1.75
  }
  sheet.text(kind === 'service' ? '特此证明。' : '特发此证。', middle, y + 4, { size, anchor: 'middle' })
  sheet.qr(address, 84, height - 172, 84)
  sheet.text(`证书编号 ${groupedCode(code)}`, 178, height - 132, { size: 11, colour: SOFT })
  sheet.text('扫一扫左边的码，或者在网站的“查验证书”页', 178, height - 114, { size: 10, colour: SOFT })
  sheet.text('输入编号，都能查验真伪。', 178, height - 99, { size: 10, colour: SOFT })
  const unitSize = Math.min(18, 18 * 300 / widthOf(snapshot.unit, 18, 'bold'))
  sheet.text(snapshot.unit, width - 92, height - 132, { size: unitSize, weight: 'bold', anchor: 'end' })
  sheet.text(chineseDate(issuedAt), width - 92, height - 104, { size: 14, anchor: 'end' })
  return sheet
}

/** The sentence of a certificate, after the name. */
export function bodyOf(kind: CredentialKind, snapshot: CredentialSnapshot): string {
  const { number, times, fromDay, untilDay, title, finishedOn, lessons, minutes, milliCredits, criteria, summary } = snapshot
  const name = title.slice(0, LARGEST_TITLE)
  if (kind === 'course') {
    const counted = [lessons && `全部 ${lessons} 节课`, minutes && `共 ${minutes} 分钟`].filter(Boolean).join('，')
    const credits = milliCredits ? `，获 ${milliCredits / 1000} 学分` : ''
    return `${finishedOn ? `于 ${plainDate(finishedOn)}` : ''}学完《${name}》${counted}${credits}，准予结业。`
  }
  if (kind === 'service') {
    return `自 ${plainDate(fromDay!)}至 ${plainDate(untilDay!)}，参加志愿服务 ${times} 次，计 ${hoursOf(minutes)} 小时。证明第 ${number} 号，不收取任何费用。`
  }
  return `${kind === 'honour' ? '荣获' : '取得'}“${name}”${kind === 'honour' ? '称号' : ''}。${criteria ?? summary ?? ''}`
}

function frame(sheet: Sheet): void {
  const { width, height } = sheet
  sheet.rect(0, 0, width, height, { fill: '#fffdf7' })
  sheet.rect(26, 26, width - 52, height - 52, { stroke: RED, strokeWidth: 3 })
  sheet.rect(34, 34, width - 68, height - 68, { stroke: GOLD, strokeWidth: 1 })
  // A corner of the meander that frames old documents (回纹), turned for each of the four.
  for (const [x, y, right, down] of [[34, 34, 1, 1], [width - 34, 34, -1, 1], [34, height - 34, 1, -1], [width - 34, height - 34, -1, -1]] as const) {
    for (const unit of [0, 1]) {
      const step = 8 + unit * 8
      const at = (dx: number, dy: number) => `${x + right * dx} ${y + down * dy}`
      sheet.path(`M${at(step, 44)}L${at(step, step)}L${at(44, step)}L${at(44, 34 - unit * 6)}L${at(28 + unit * 2, 34 - unit * 6)}`, { stroke: GOLD, strokeWidth: 1.4 })
    }
  }
}

function ornament(sheet: Sheet, middle: number, y: number): void {
  sheet.line(middle - 150, y, middle - 14, y, GOLD, 1).line(middle + 14, y, middle + 150, y, GOLD, 1)
  sheet.path(`M${middle} ${y - 6}L${middle + 8} ${y}L${middle} ${y + 6}L${middle - 8} ${y}z`, { fill: RED })
}

const CHINA = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' })
const DIGITS = '〇一二三四五六七八九'

/** A day as documents write it: 二〇二六年五月十二日. Where China is. */
export function chineseDate(at: Date): string {
  const [year, month, day] = CHINA.format(at).split('-') as [string, string, string]
  const spoken = (number: number) => `${number >= 20 ? DIGITS[Math.floor(number / 10)] : ''}${number >= 10 ? '十' : ''}${number % 10 ? DIGITS[number % 10] : ''}`
  return `${[...year].map(digit => DIGITS[Number(digit)]).join('')}年${spoken(Number(month))}月${spoken(Number(day))}日`
}

/** Minutes of service as hours, in halves. */
function hoursOf(minutes = 0): string {
  return String(minutes / 60)
}

function plainDate(day: string): string {
  const [year, month, date] = day.split('-').map(Number)
  return `${year} 年 ${month} 月 ${date} 日`
}
