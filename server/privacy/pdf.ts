// What a PDF may do besides showing its pages. A certificate needs nothing of it, so one that does is not taken. Streams are
// looked into where they hold objects; pictures and page contents cannot act. A link that somebody has to press (`URI`) is taken: many
// portals print one to check the certificate by; one that opens by itself is an `OpenAction` or in `AA`.
import { inflateSync } from 'node:zlib'
import { plainName, type PdfStream, walkPdf } from './pdf-walk.ts'

const ACTS = new Set(['JavaScript', 'JS', 'Launch', 'AA', 'EmbeddedFile', 'EmbeddedFiles', 'EF', 'FileAttachment', 'Collection', 'RichMedia', 'XFA', 'SubmitForm',
  'ImportData', 'GoToE', 'GoToR', 'Movie', 'Sound', 'Rendition', 'Screen'])
const MOST_INFLATED = 32 * 1024 * 1024

/**
 * 'plain' where it only shows pages; 'active' where it runs, opens or sends something by itself, holds files, or hides what it does; 'locked'
 * behind a password; null for no whole PDF.
 */
export function readPdf(file: Uint8Array): 'plain' | 'active' | 'locked' | null {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('latin1')
  if (!/^%PDF-[12]\.\d/.test(text) || !text.slice(-2048).includes('%%EOF')) return null
  const walk = walkPdf(text)
  if (!walk) return 'active'
  const names = namesIn(walk.outside)
  if (names.some(({ name }) => name === 'Encrypt')) return 'locked'
  const packed = unpackObjects(walk.streams)
  return packed && !names.some(acts) && !packed.some(content => namesIn(content).some(acts)) ? 'plain' : 'active'
}

interface Name { name: string, follows: string }
function namesIn(text: string): Name[] {
  return [...text.matchAll(/\/([^\0\t\n\f\r /<>[\](){}%]+)[\0\t\n\f\r ]*/g)].map(({ 0: all, 1: name, index }) => ({ name: plainName(name!), follows: text[index + all.length] ?? '' }))
}

// A file may say where it is opened, as a list with a page and a place; anything else there is an act.
const acts = ({ name, follows }: Name) => ACTS.has(name) || (name === 'OpenAction' && follows !== '[')

/** What stands in streams that hold objects; null where one cannot be read. */
function unpackObjects(streams: PdfStream[]): string[] | null {
  const written: string[] = []
  let room = MOST_INFLATED
  // Some readers take any stream that says where its first object begins.
  for (const stream of streams.filter(({ dictionary }) => dictionary.has('First') || plainName(dictionary.get('Type') ?? '') === '/ObjStm')) {
    const content = unpack(stream, room)
    if (content === null) return null
    written.push(content)
    room -= content.length
  }
  return written
}

const OF_OBJECTS = new Set(['Type', 'N', 'First', 'Length', 'Extends', 'Filter'])

function unpack({ dictionary, content }: PdfStream, room: number): string | null {
  if (room <= 0 || [...dictionary.keys()].some(key => !OF_OBJECTS.has(key))) return null
  const filter = dictionary.get('Filter')
  if (filter === undefined) return content
  if (!/^(?:\/FlateDecode|\[\s*\/FlateDecode\s*\])$/.test(filter)) return null
  try { return inflateSync(Buffer.from(content, 'latin1'), { maxOutputLength: room }).toString('latin1') }
  catch { return null } // not what it says it is
}
