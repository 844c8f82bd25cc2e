// Names of people and places, all made up: surnames by how common they are, given names by sex and generation.
import type { Random } from './random.ts'

export type Sex = 'female' | 'male'

const SURNAMES = Object.entries({
  王: 72, 李: 71, 张: 68, 刘: 54, 陈: 53, 杨: 40, 黄: 30, 赵: 27, 吴: 26, 周: 26, 徐: 19, 孙: 18, 马: 17, 朱: 16, 胡: 16, 郭: 15,
  何: 15, 林: 14, 罗: 14, 高: 13, 郑: 12, 梁: 11, 谢: 10, 宋: 10, 唐: 10, 许: 9, 邓: 9, 韩: 9, 冯: 9, 曹: 8, 彭: 8, 曾: 8, 肖: 8, 田: 8,
  董: 7, 潘: 7, 袁: 7, 蔡: 7, 蒋: 7, 余: 7, 于: 6, 杜: 6, 叶: 6, 程: 6, 魏: 6, 苏: 6, 吕: 5, 丁: 5, 任: 5, 卢: 5, 姚: 5, 沈: 5, 钟: 5, 姜: 4,
  崔: 4, 谭: 4, 陆: 4, 范: 4, 汪: 4, 廖: 4, 石: 4, 金: 4, 贾: 4, 夏: 3, 付: 3, 方: 3, 邹: 3, 熊: 3, 白: 3, 孟: 3, 秦: 3, 邱: 3, 侯: 3, 江: 3,
  尹: 3, 薛: 3, 雷: 3, 龙: 3, 史: 3, 陶: 2, 黎: 2, 贺: 2, 毛: 2, 段: 2, 郝: 2, 顾: 2, 龚: 2, 邵: 2, 冉: 2, 向: 2, 覃: 2, 牟: 1, 庹: 1, 欧阳: 1,
})
const SURNAME_TOTAL = SURNAMES.reduce((sum, [, weight]) => sum + weight, 0)

/** Whole names and, for the other half, two characters put together. */
interface Generation { until: number, female: Given, male: Given }
interface Given { whole: string[], first: string, second: string, single: number }

const GENERATIONS: Generation[] = [
  { until: 1952,
    female: { whole: words('秀英 桂英 秀兰 玉兰 桂兰 玉珍 素珍 淑芳 凤英 玉英 桂珍 素芳 翠兰 兰英 淑珍'), first: '秀玉桂淑素凤翠兰金春', second: '英兰珍芳芝琴云华贞莲', single: 0.08 },
    male: { whole: words('国强 德明 福生 长发 玉山 文才 光荣 世清 德福 正华 永福 顺才 大明 荣华'), first: '德福长文光世正永顺国', second: '明生发才荣清华贵财富', single: 0.08 } },
  { until: 1969,
    female: { whole: words('建华 秀珍 桂芳 红梅 玉梅 淑华 春梅 建英 翠芳 小琼 国芬 秀芳 代英 爱华'), first: '建秀桂红玉春翠国爱小', second: '华珍芳梅琼芬英琴容碧', single: 0.12 },
    male: { whole: words('建国 建军 国庆 卫东 志明 建华 国华 光明 永红 援朝 跃进 胜利 文革 建平'), first: '建国卫志光永胜文正天', second: '国军华明平忠林富全伦', single: 0.14 } },
  { until: 1984,
    female: { whole: words('丽华 晓燕 红霞 小红 海燕 晓琴 雪梅 春燕 丽娟 小玲 艳红 晓玲'), first: '丽晓红小海雪春艳玉文', second: '华燕霞娟玲琴萍梅蓉敏', single: 0.26 },
    male: { whole: words('志强 建伟 晓东 海涛 小军 志刚 文军 建平 永强 晓峰 国伟 俊杰'), first: '志建晓海小文永国俊立', second: '强伟东涛军刚平峰勇辉', single: 0.26 } },
  { until: 1999,
    female: { whole: words('婷婷 晓雪 雅琪 思雨 佳丽 梦婷 静怡 倩倩 丹丹 雨欣 文静 露露'), first: '晓雅思佳梦静雨文诗慧', second: '雪琪雨丽婷怡欣静敏颖', single: 0.28 },
    male: { whole: words('志鹏 浩然 文杰 俊峰 鹏飞 家豪 子健 明轩 嘉伟 世杰 小龙 宇航'), first: '志浩文俊鹏家明嘉世宇', second: '鹏然杰峰飞豪健轩伟航', single: 0.28 } },
  { until: 2012,
    female: { whole: words('雨桐 诗涵 欣怡 梦琪 佳怡 雨涵 思琪 欣妍 语嫣 梓萱 静雯 雅婷'), first: '雨诗欣梦佳思语梓可雅', second: '桐涵怡琪妍嫣萱雯彤馨', single: 0.12 },
    male: { whole: words('子轩 浩宇 宇轩 俊豪 皓轩 梓豪 博文 天佑 文博 俊熙 子豪 睿杰'), first: '子浩宇俊皓梓博天文睿', second: '轩宇豪文佑熙杰辰阳泽', single: 0.12 } },
  { until: Infinity,
    female: { whole: words('梓涵 一诺 欣妍 可馨 若汐 雨泽 诗琪 依诺 语桐 艺涵 沐瑶 思诺'), first: '梓一欣可若诗依语艺沐', second: '涵诺妍馨汐琪桐瑶宁玥', single: 0.06 },
    male: { whole: words('子墨 浩宇 宇泽 奕辰 沐阳 一鸣 俊熙 梓睿 铭泽 皓宸 承宇 亦辰'), first: '子浩宇奕沐一俊梓铭皓', second: '墨宇泽辰阳鸣熙睿宸轩', single: 0.06 } },
]

export function drawSurname(random: Random): string {
  return random.weighted(SURNAMES, ([, weight]) => weight, SURNAME_TOTAL)[0]
}

export function drawGivenName(random: Random, sex: Sex, birthYear: number): string {
  const given = GENERATIONS.find(generation => birthYear <= generation.until)![sex]
  if (random.chance(0.35)) return random.pick(given.whole)
  const last = given.second[random.int(0, given.second.length - 1)]!
  return random.chance(given.single) ? last : given.first[random.int(0, given.first.length - 1)]! + last
}

const PLACE_FIRST = [...'青白石双大桐柳松竹桂梅云银红新永太安福和兴玉天水凤鹤莲荷茶盐铜铁高长平金三五']
const PLACE_SECOND = [...'溪坪坝桥岭湾塘泉林山田垭沟河峰台营场铺渡井岩冲坡湖洲屯垭坳']
const FAMILIES = SURNAMES.map(([surname]) => surname).filter(surname => surname.length === 1)
const FAMILY_SECOND = [...'湾坝坪沟院岗冲坳桥岩']
const SIDES = [...'东西南北上下前后']

/** Names of places, each given out once. */
export function drawPlaces(random: Random, taken: string[]): () => string {
  const plain = combined(PLACE_FIRST, PLACE_SECOND)
  const families = combined(FAMILIES, FAMILY_SECOND.map(second => `家${second}`))
  const sided = combined(SIDES, plain.slice(0, 1000))
  const used = new Set(taken)
  const names = [...random.shuffled([...plain, ...families]), ...random.shuffled(sided)]
    .filter(name => !used.has(name) && used.add(name))
  let next = 0
  return () => {
    if (next === names.length) throw new Error('No place name is left')
    return names[next++]!
  }
}

function combined(firsts: string[], seconds: string[]): string[] {
  return firsts.flatMap(first => seconds.map(second => first + second)).filter(name => name[0] !== name[1])
}

function words(text: string): string[] { return text.split(' ') }
