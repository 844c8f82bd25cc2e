// The accounts a visitor of the demo signs in with. Nothing here is secret, and none of it exists outside a demo region.

export const DEMO_PASSWORD = 'Linxue-2026'

export interface DemoResident { phone: string, zh: string, en: string }
export interface DemoStaff { username: string, password: string, zh: string, en: string }

export const DEMO_RESIDENTS = {
  elder: { phone: '13900000001', zh: '王秀英，72 岁，住清溪镇', en: 'Wang Xiuying, 72, of Qingxi town' },
  returner: { phone: '13900000002', zh: '李志强，30 岁，返乡青年', en: 'Li Zhiqiang, 30, back from work in the city' },
  townsman: { phone: '13900000003', zh: '陈晓燕，38 岁，住临江区', en: 'Chen Xiaoyan, 38, of Linjiang district' },
} as const satisfies Record<string, DemoResident>

export const DEMO_STAFF = [
  { username: 'city', password: DEMO_PASSWORD, zh: '市社区教育指导中心主任', en: 'Head of the city guidance centre' },
  { username: 'qingjiang', password: DEMO_PASSWORD, zh: '市社区教育指导中心管理员（第二位审批人）', en: 'Manager of the city guidance centre (the second to approve)' },
  { username: 'yunxi', password: DEMO_PASSWORD, zh: '云溪县社区教育学院管理员', en: 'Manager of the Yunxi county college' },
  { username: 'qingxi', password: DEMO_PASSWORD, zh: '清溪镇社区教育学校专职管理员', en: 'Full-time manager of the Qingxi town school' },
  { username: 'teacher', password: DEMO_PASSWORD, zh: '清溪镇社区教育学校教师（看不到姓名）', en: 'Teacher at the Qingxi town school (sees no names)' },
  { username: 'inspector', password: DEMO_PASSWORD, zh: '市督导评估人员（看不到姓名）', en: 'City inspector (sees no names)' },
  { username: 'system', password: DEMO_PASSWORD, zh: '系统管理员（改网络）', en: 'System administrator (edits the network)' },
  { username: 'security', password: DEMO_PASSWORD, zh: '安全管理员（管岗位和账号）', en: 'Security administrator (posts and accounts)' },
  { username: 'audit', password: DEMO_PASSWORD, zh: '审计管理员（看审计记录）', en: 'Auditor (reads the audit log)' },
  { username: 'admin', password: DEMO_PASSWORD, zh: '系统管理员（第二位）', en: 'System administrator (the second)' },
] as const satisfies readonly DemoStaff[]

/** What the launcher shows once the demo region stands. */
export const DEMO_ACCOUNTS: { residents: DemoResident[], staff: DemoStaff[] } = {
  residents: Object.values(DEMO_RESIDENTS),
  staff: [...DEMO_STAFF],
}
