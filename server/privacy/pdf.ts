// What a PDF may do besides showing its pages. A certificate needs nothing of it, so one that does is not taken. Streams are
// looked into where they hold objects; pictures and page contents cannot act.
import { inflateSync } from 'node:zlib'

const ACTS = new Set(['JavaScript', 'JS', 'Launch', 'EmbeddedFile', 'EmbeddedFiles', 'RichMedia', 'XFA', 'SubmitForm', 'ImportData', 'GoToE', 'GoToR', 'Movie', 'Sound', 'Rendition'])
const MOST_INFLATED = 32 * 1024 * 1024

/** 'plain' where it only shows pages; 'active' where it runs, opens or sends something, or hides what it does; 'locked' behind a password; null for no whole PDF. */
export function readPdf(file: Uint8Array): 'plain' | 'active' | 'locked' | null {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('latin1')
  if (!/^%PDF-[12]\.\d/.test(text) || !text.slice(-2048).includes('%%EOF')) return null
  const { outside, objects } = splitStreams(text)
  if (objects === null) return 'active'
  const names = namesIn(outside).concat(objects.flatMap(namesIn))
  if (names.includes('Encrypt')) return 'locked'
  return names.some(name => ACTS.has(name)) ? 'active' : 'plain'
}

/** The text around streams, and the text of streams that hold objects; null where one of these cannot be read. */
function splitStreams(text: string): { outside: string, objects: string[] | null } {
  const outside: string[] = []
  const objects: string[] = []
  let from = 0
  let room = MOST_INFLATED
  for (const { index, 0: mark } of text.matchAll(/\bstream\r?\n/g)) {
    if (index < from) continue
    const start = index + mark.length
    const end = text.indexOf('endstream', start)
    if (end < 0) break
    const about = text.slice(from, index)
    outside.push(about)
    from = end + 'endstream'.length
    const dictionary = about.slice(Math.max(0, about.lastIndexOf(' obj')))
    if (!namesIn(dictionary).includes('ObjStm')) continue
    const content = readObjects(dictionary, text.slice(start, end), room)
    if (content === null) return { outside: '', objects: null }
    objects.push(content)
    room -= content.length
  }
  outside.push(text.slice(from))
  return { outside: outside.join('\n'), objects }
}

function readObjects(dictionary: string, content: string, room: number): string | null {
  const filters = namesIn(dictionary).filter(name => name.endsWith('Decode') && name !== 'FlateDecode')
  if (filters.length || room <= 0) return null
  if (!namesIn(dictionary).includes('FlateDecode')) return content
  try { return inflateSync(Buffer.from(content, 'latin1'), { maxOutputLength: room }).toString('latin1') }
  catch { return null } // not what it says it is
}

/** Names as a reader takes them: any letter of one may be written as #xx. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/\/([^\s/<>[\](){}%]{1,60})/g)].map(([, name]) => name!.replace(/#([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))))
}
