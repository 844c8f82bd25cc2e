// What the school has filed of its sessions that are over: one complete with photos, some not written yet, one given back.
import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { sessionPhoto } from '../media/session-photo.ts'
import type { Vault } from '../server/privacy/vault.ts'
import { dateOf, type Day, momentOf } from './calendar.ts'

const TEXTS = {
  activity_plan: '活动名称：{title}\n主办：{unit}\n步骤安排：\n1. 签到\n2. 讲解和练习\n3. 小结\n安全保障：两名工作人员在场，备有急救箱。',
  study_plan: '课程：{title}\n学习目标：人人动手，当堂学会。\n教学方法：边讲边练，一对一帮助。\n练习：回家再做一遍，下次带来看。',
  study_record: '课程：{title}\n讲了什么：按计划讲完，多数学员当堂学会。\n下次要改进的：字再放大一些，慢一点。',
  press_note: '{unit}举办了“{title}”。居民们学得认真，都说以后还来。\n\n（{unit}供稿）',
}
type Text = keyof typeof TEXTS

/** How far each text of the sessions is, from the first of the days on. */
const STATES: Record<string, Partial<Record<Text, 'draft' | 'submitted' | 'accepted' | 'returned'>>[]> = {
  '手机班：拍照、挂号、防骗': [
    { activity_plan: 'accepted', study_plan: 'accepted', study_record: 'accepted', press_note: 'accepted' },
    { activity_plan: 'accepted', study_plan: 'accepted', study_record: 'submitted', press_note: 'returned' },
    { study_plan: 'submitted', study_record: 'draft' },
  ],
  '秋季读书会': [{ activity_plan: 'submitted', press_note: 'submitted' }],
}

export interface FiledSession { id: number, day: Day, title: string, unit: { id: number, name: string }, by: string, above: string }

/** Files what a school wrote about its sessions that are over, in their order. */
export async function fileMaterials(sql: postgres.TransactionSql, vault: Vault, sessions: readonly FiledSession[], today: Day): Promise<void> {
  for (const [place, { id, day, title, unit, by, above }] of sessions.entries()) {
    // The first of a class is complete: it has its photos, too.
    if (place === 0 && STATES[title]?.[0]?.press_note === 'accepted') await filePhotos(sql, vault, sessions[0]!, today)
    for (const [kind, status] of Object.entries(STATES[title]?.[place] ?? {})) {
      const isDecided = status === 'accepted' || status === 'returned'
      await sql`
        insert into public.session_materials (session_id, kind, unit_id, made_on, event_on, origin, body, status, uploaded_by, entered_at, decided_by, decided_at, returned_reason)
        values (${id}, ${kind}, ${unit.id}, ${dateOf(Math.min(day + 1, today - 1))}, ${dateOf(day)}, 'original', ${TEXTS[kind as Text].replaceAll('{title}', title).replaceAll('{unit}', unit.name)}, ${status}, ${by},
          ${momentOf(Math.min(day + 1, today - 1), 10 * 60)}, ${isDecided ? above : null}, ${isDecided ? momentOf(today - 1, 16 * 60) : null}, ${status === 'returned' ? '请写上有多少人参加' : null})`
    }
  }
}

const CAPTIONS = ['课后的教室，从门口看（演示用的示意图，没有人）', '课后的教室，从窗边看（演示用的示意图，没有人）']

async function filePhotos(sql: postgres.TransactionSql, vault: Vault, { id, day, unit, by, above }: FiledSession, today: Day): Promise<void> {
  for (const view of [0, 1] as const) {
    const [made] = await sql`
      insert into public.session_materials (session_id, kind, unit_id, made_on, event_on, origin, people_agreed, minors_agreed, caption, status, uploaded_by, entered_at, decided_by, decided_at)
      values (${id}, 'photo', ${unit.id}, ${dateOf(day)}, ${dateOf(day)}, 'original', 'nobody', 'none', ${CAPTIONS[view]!}, 'accepted', ${by}, ${momentOf(Math.min(day + 1, today - 1), 10 * 60)}, ${above}, ${momentOf(today - 1, 16 * 60)})
      returning id`
    const content = sessionPhoto(view)
    const fileId = createHash('sha256').update(`session photo ${id} ${view}`).digest('hex').replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
    const { cipher, keyId } = vault.sealFile(fileId, content)
    await sql`insert into private.material_files (id, material_id, kind, bytes, cipher, key_id) values (${fileId}, ${made!.id}, 'image/png', ${content.length}, ${cipher}, ${keyId})`
  }
}
