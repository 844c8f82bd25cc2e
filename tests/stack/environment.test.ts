import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../../stack/environment.ts'
import { freePort, requirePort } from '../../stack/ports.ts'

const HOSTED = {
  SUPABASE_URL: 'https://xyz.supabase.co', SUPABASE_JWT_SECRET: 'x'.repeat(32), DATABASE_URL: 'postgresql://postgres:p@db.supabase.co:5432/postgres',
  LINXUE_SESSION_SECRET: 'y'.repeat(32),
  LINXUE_SIGNING_KEY: Buffer.alloc(32).toString('base64'),
  LINXUE_DATA_KEY: `1:${Buffer.alloc(32).toString('base64')}`,
}
const read = (env: NodeJS.ProcessEnv) => readEnvironment('/srv/linxue', env)

describe('a variable that is wrong is named in both languages', () => {
  it.each([
    ['PORT', { PORT: 'http' }], ['PORT', { PORT: '0' }], ['PORT', { PORT: '70000' }], ['LINXUE_DEMO_RESIDENTS', { LINXUE_DEMO_RESIDENTS: '-1' }],
    ['LINXUE_DEMO_RESIDENTS', { LINXUE_DEMO_RESIDENTS: '50' }], ['LINXUE_PUBLIC_URL', { LINXUE_PUBLIC_URL: 'learn.example.cn' }],
    ['LINXUE_TRUST_PROXY', { LINXUE_TRUST_PROXY: 'nginx' }], ['SMS_URL', { SMS_URL: 'sms' }],
    ...Object.keys(HOSTED).map((name): [string, object] => [name, { ...HOSTED, [name]: '' }]),
    ['SUPABASE_URL', { ...HOSTED, SUPABASE_URL: 'xyz.supabase.co' }], ['DATABASE_URL', { ...HOSTED, DATABASE_URL: 'mysql://db' }],
    ['SUPABASE_JWT_SECRET', { ...HOSTED, SUPABASE_JWT_SECRET: 'short' }], ['LINXUE_SESSION_SECRET', { ...HOSTED, LINXUE_SESSION_SECRET: 'short' }], ['LINXUE_DATA_KEY', { ...HOSTED, LINXUE_DATA_KEY: '1:short' }],
    ['LINXUE_SIGNING_KEY', { ...HOSTED, LINXUE_SIGNING_KEY: 'short' }],
    ['POSTGREST_URL', { ...HOSTED, POSTGREST_URL: 'localhost:3001' }],
  ])('%s of %o', (name, env) => {
    expect(() => read(env as NodeJS.ProcessEnv)).toThrow(new RegExp(`环境变量 ${name}：.*\nEnvironment variable ${name}: `))
  })
})

it('nothing set means everything embedded, with a demo region', () => {
  expect(read({})).toEqual({ port: 3000, host: '0.0.0.0', dataDir: '/srv/linxue/.data', hosted: null, demoResidents: 20_000 })
  expect(read({ PORT: '', LINXUE_DATA_DIR: '' })).toEqual(read({}))
})

it('a database elsewhere means no demo region', () => {
  expect(read(HOSTED)).toMatchObject({ demoResidents: 0, hosted: { supabaseUrl: HOSTED.SUPABASE_URL, anonKey: undefined } })
})

it('a port that cannot be had is said to be busy, or not ours', async () => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await new Promise(resolve => other.once('listening', resolve))
  await expect(requirePort(port, '127.0.0.1')).rejects.toThrow(`Port ${port} is in use`)
  await expect(requirePort(port, '0.0.0.0')).rejects.toThrow(`端口 ${port} 已被占用`)
  await expect(requirePort(port, '203.0.113.1')).rejects.toThrow('no address 203.0.113.1')
  await new Promise(resolve => other.close(resolve))
  await requirePort(port, '127.0.0.1')
})

it('ports of our own lie below those that outgoing connections get', async () => {
  for (let count = 0; count < 20; count++) expect(await freePort()).toBeLessThan(32_768)
})
