// Homes to choose from: everything in one list, or a township first; never a part without saying so.
import { expect, it } from 'vitest'
import { chooseHomes, type HomesSource } from '../../server/utils/homes.ts'

const village = (id: number, township: string) => ({ id, name: `村${id}`, township })
const below: Record<number, ReturnType<typeof village>[]> = { 10: [village(1, '甲镇'), village(2, '甲镇')], 20: [village(3, '乙镇')] }
const source: HomesSource = {
  townships: async () => [{ id: 10, code: 'A', name: '甲镇', above: '某县', villages: 2 }, { id: 20, code: 'B', name: '乙镇', above: '某县', villages: 1 }],
  villages: async id => id === 1 ? [...below[10]!, ...below[20]!] : below[id]!,
}
const ids = async (township: string | undefined, most: number) => (await chooseHomes(source, 1, township, most)).villages.map(({ id }) => id)

it('all are in one list as long as they are few', async () => {
  expect(await chooseHomes(source, 1, 'A', 3)).toEqual({ townships: null, township: null, villages: [...below[10]!, ...below[20]!] })
})

it('of more, the townships come first, then the villages of the one chosen', async () => {
  expect(await chooseHomes(source, 1, undefined, 2)).toMatchObject({ townships: [{ code: 'A' }, { code: 'B' }], township: null, villages: [] })
  expect([await ids('A', 2), await ids('B', 2), await ids('C', 2)]).toEqual([[1, 2], [3], []])
})

it('every village is under one of the townships', async () => {
  const { townships } = await chooseHomes(source, 1, undefined, 2)
  expect((await Promise.all(townships!.map(({ code }) => ids(code, 2)))).flat()).toEqual(await ids(undefined, 3))
})

it('one township has no other to choose before it', async () => {
  const one: HomesSource = { ...source, townships: async () => [{ id: 10, code: 'A', name: '甲镇', above: null, villages: 2 }] }
  expect(await chooseHomes(one, 10, undefined, 1)).toEqual({ townships: null, township: null, villages: below[10] })
})
