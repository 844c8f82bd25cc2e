// What a school or learning point says about itself.
import type { Area } from './network.ts'
import type { Random } from './random.ts'

const OFFERS: Record<Area, string[]> = {
  rural: ['柑橘和蔬菜种植技术', '生猪和山羊养殖', '智能手机入门', '山歌和腰鼓', '防诈骗宣讲', '留守儿童假期托管', '家庭教育讲座', '太极和健身操', '急救常识'],
  urban: ['智能手机提高班', '书画班', '合唱班', '声乐和葫芦丝', '家政和月嫂技能', '心理健康讲座', '亲子阅读', '太极和健身操', '法律咨询', '烘焙和面点'],
}

export function describeSchool(random: Random, township: string, host: string, area: Area): string {
  const [first, second, third] = random.shuffled(OFFERS[area])
  const season = area === 'rural' ? '农闲时把课送到院坝' : '寒暑假为青少年开活动班'
  const evening = random.pick(['周六上午照常开放', '周三、周五晚上有夜校（19:00–20:30）', '周末有亲子活动', '逢场天上午接受咨询'].slice(0, area === 'rural' ? 4 : 3))
  return `设在${host}，由${township}${area === 'urban' ? '办事处' : '人民政府'}和学校共同举办。常年开设${first}、${second}、${third}，${season}。开放时间：周一至周五 8:30–17:30，${evening}。全部免费，带身份证登记即可。`
}

export function describePoint(random: Random, village: string, area: Area): string {
  const [first, second] = random.shuffled(OFFERS[area])
  const rooms = random.pick(['一间教室和一个阅览角', '一间多功能室', '两间活动室和一台投影', '一间教室，门前院坝可以跳舞'])
  const hours = random.pick(['每天 9:00–17:00', '周一至周六 8:30–17:30', area === 'rural' ? '逢场天和周末上午' : '每天 8:30–20:30'])
  return `在${village}党群服务中心，有${rooms}。常办${first}、${second}，也可以在这里看微课、办学分登记。开放时间：${hours}。不识字、不用手机的老人由辅导员帮忙签到。`
}
