import { createServer } from 'node:net'
import { randomInt } from 'node:crypto'
import { Foreseen } from './faults.ts'

/**
 * A free port on loopback for a service of our own. Drawn from below the range that systems give to outgoing connections:
 * while a service restarts, somebody's connection (even its own client's, to itself) must not take its place.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(20_000, 32_000)
    if (await refusal(port, '127.0.0.1') === null) return port
  }
  throw new Foreseen('本机没有空闲端口\nNo free port on this machine')
}

/** @throws Foreseen that says why the site cannot listen there */
export async function requirePort(port: number, host: string): Promise<void> {
  const code = await refusal(port, host)
  if (code === null) return
  if (code === 'EADDRINUSE') throw new Foreseen(`端口 ${port} 已被占用，请用 PORT=… 换一个\nPort ${port} is in use; choose another with PORT=…`)
  if (code === 'EACCES') throw new Foreseen(`端口 ${port} 需要管理员权限，请用 PORT=… 换一个 1024 以上的\nPort ${port} needs an administrator; choose one above 1024 with PORT=…`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new Foreseen(`环境变量 HOST：这台机器没有地址 ${host}\nEnvironment variable HOST: this machine has no address ${host}`)
  throw new Foreseen(`不能监听 ${host}:${port}（${code}）\nCannot listen on ${host}:${port} (${code})`)
}

function refusal(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, host, () => probe.close(() => resolve(null)))
  })
}
