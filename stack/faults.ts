// How an end is told: in plain words where the reason is foreseen, with the stack where it is not.
import { statfsSync } from 'node:fs'

/** A failure whose message says everything the operator needs; no stack is shown. */
export class Foreseen extends Error {}

/** The error's own words in both languages, or its stack when nobody foresaw it. */
export function explain(error: unknown): string {
  if (error instanceof Foreseen) return error.message
  if (!(error instanceof Error)) return String(error)
  const { code, path, syscall } = error as NodeJS.ErrnoException
  const where = path ? `：${path}` : ''
  const at = path ? `: ${path}` : ''
  switch (code) {
    case 'ENOSPC': case 'EDQUOT': return `磁盘已满${where}\nThe disk is full${at}`
    case '53100': return `数据库所在的磁盘已满\nThe disk of the database is full (${error.message})`
    case 'EACCES': case 'EPERM': return `没有权限${where}（请用启动过它的同一个用户，或改正文件夹的权限）\n`
      + `Permission denied${at} (start as the user who started it before, or correct the folder's permissions)`
    case 'EROFS': return `文件系统只读${where}\nThe file system is read-only${at}`
    case 'ENOTDIR': case 'EEXIST': return `不是文件夹${where}\nNot a folder${at}`
    // What mkdir answers where nothing can be made.
    case 'ENOENT': return syscall === 'mkdir' ? `文件夹建不了${where}\nThe folder cannot be made${at}` : error.stack ?? error.message
    case 'ECONNREFUSED': case 'ENOTFOUND': case 'CONNECT_TIMEOUT': case 'ETIMEDOUT':
      return `连接不上  Cannot connect: ${error.message}`
    default: return error.stack ?? error.message
  }
}

/** Said before any other reason: on a full disk everything fails in its own words. PostgreSQL writes its log in pieces of 16 MB. */
export function diskWarning(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder)
    const left = Math.floor(bavail * bsize / 1024 ** 2)
    return left < 16 ? `磁盘满了，只剩 ${left} MB：${folder}\nThe disk is full, ${left} MB are left: ${folder}\n` : ''
  }
  catch { return '' }
}

/** The end of a child's log, below what happened; a full disk is said in plain words. */
export function lastWords(log: string[], lines = 8): string {
  const full = log.some(line => /no space left on device|ENOSPC/i.test(line)) ? ['磁盘已满  The disk is full'] : []
  return [...full, ...log.slice(-lines)].map(line => `\n  ${line}`).join('')
}
