// Walks a PDF from its first byte to its last as a reader would lex it, and only over what it understands. Readers jump about in
// a file, by tables that may say anything: so there may be no object but those that the walk came by.

export interface PdfStream { dictionary: Map<string, string>, content: string }
interface PdfWalk { outside: string, streams: PdfStream[] }

const MOST_NESTED = 64
const BLANK = /[\0\t\n\f\r ]*/y
const COMMENT = /%[^\r\n]*/y
const NAME = /\/[^\0\t\n\f\r /<>[\](){}%]*/y
const WORD = /[^\0\t\n\f\r /<>[\](){}%]+/y
const HEXADECIMAL = /<[0-9A-Fa-f\0\t\n\f\r ]*>/y
const REFERENCE = /\d{1,10}[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R(?=[\0\t\n\f\r /<>[\](){}%])/y
const OBJECT = /(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj(?=[\0\t\n\f\r /<>[\](){}%])/y
const STREAM = /[\0\t\n\f\r ]*stream\r?\n/y
const END = /(?:\r\n|\n|\r)?endstream(?=[\0\t\n\f\r ])/y
const NUMBER_OBJECT = /(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+endobj/g

/** What is written around streams, and the streams; null where anything is not as it should be written. */
export function walkPdf(text: string): PdfWalk | null {
  try { return new Walk(text).whole() }
  catch (fault) {
    if (fault instanceof NotAsItShould) return null
    throw fault
  }
}

/** A name as readers take it: any letter of one may be written as #xx. */
export const plainName = (written: string) =>
  written.replace(/#([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

class NotAsItShould extends Error {}

class Walk {
  private at = 0
  private from = 0
  private readonly outside: string[] = []
  private readonly streams: PdfStream[] = []
  /** Where the word obj of each object stands, and how often an object is there. */
  private readonly marks = new Set<number>()
  private readonly met = new Map<string, number>()
  private readonly lengthsAskedOf = new Set<string>()
  private numbers: Map<string, number> | undefined

  private readonly text: string

  constructor(text: string) { this.text = text }

  whole(): PdfWalk {
    for (this.skip(); this.at < this.text.length; this.skip()) {
      const object = this.take(OBJECT)
      if (object) this.object(`${object[1]} ${object[2]}`)
      else this.table(this.word())
    }
    this.outside.push(this.text.slice(this.from))
    for (const key of this.lengthsAskedOf) this.must(this.met.get(key) === 1)
    this.refuseOtherObjects()
    return { outside: this.outside.join('\n'), streams: this.streams }
  }

  private object(key: string): void {
    this.marks.add(this.at - 3)
    this.met.set(key, (this.met.get(key) ?? 0) + 1)
    this.skip()
    const start = this.at
    const dictionary = this.text.startsWith('endobj', this.at) ? null : this.value(0)
    const end = this.at
    if (this.take(STREAM)) this.stream(this.must(dictionary), this.text.slice(start, end))
    this.skip()
    this.must(this.word() === 'endobj')
  }

  private stream(dictionary: Map<string, string>, written: string): void {
    // Where a comment, a word or a letter in disguise could make another reader see another dictionary.
    this.must(!/%|stream|#(?:3\d|[46][1-9a-f]|[57][0-9a])/i.test(written))
    // Where the content lies in another file, it is not what stands here.
    for (const key of ['F', 'FFilter', 'FDecodeParms']) this.must(!dictionary.has(key))
    const length = this.lengthOf(this.must(dictionary.get('Length')))
    const start = this.at
    this.outside.push(this.text.slice(this.from, start))
    this.at = this.from = start + length
    this.must(this.take(END))
    this.streams.push({ dictionary, content: this.text.slice(start, start + length) })
  }

  private lengthOf(written: string): number {
    if (/^\d{1,10}$/.test(written)) return Number(written)
    const [, number, generation] = this.must(/^(\d+)\s+(\d+)\s+R$/.exec(written))
    this.numbers ??= new Map([...this.text.matchAll(NUMBER_OBJECT)].map(([, one, of, value]) => [`${one} ${of}`, Number(value)]))
    const key = `${number} ${generation}`
    this.lengthsAskedOf.add(key)
    return this.must(this.numbers.get(key))
  }

  /** A value; of a dictionary its keys, with what is written under each. */
  private value(depth: number): Map<string, string> | null {
    this.must(depth < MOST_NESTED)
    if (this.text.startsWith('<<', this.at)) return this.dictionary(depth)
    const first = this.text[this.at]
    if (first === '[') this.array(depth)
    else if (first === '(') this.string()
    else if (first === '/') this.take(NAME)
    else if (first === '<') this.must(this.take(HEXADECIMAL))
    else if (!this.take(REFERENCE)) this.must(/^(?:[\d.+-]+|true|false|null)$/.test(this.word()))
    return null
  }

  private dictionary(depth: number): Map<string, string> {
    const keys = new Map<string, string>()
    this.at += 2
    for (this.skip(); !this.text.startsWith('>>', this.at); this.skip()) {
      const key = plainName(this.must(this.take(NAME))[0].slice(1))
      this.skip()
      const start = this.at
      this.value(depth + 1)
      this.must(!keys.has(key))
      keys.set(key, this.text.slice(start, this.at))
    }
    this.at += 2
    return keys
  }

  private array(depth: number): void {
    this.at++
    for (this.skip(); this.text[this.at] !== ']'; this.skip()) this.value(depth + 1)
    this.at++
  }

  private string(): void {
    let open = 0
    do {
      const sign = this.must(this.text[this.at])
      if (sign === '\\') this.at++
      else if (sign === '(') open++
      else if (sign === ')') open--
      this.at++
    } while (open > 0)
  }

  private table(word: string): void {
    if (word === 'startxref') {
      this.skip()
      this.must(/^\d+$/.test(this.word()))
      return
    }
    this.must(word === 'xref' || word === 'trailer')
    if (word === 'xref') {
      this.skip()
      while (!this.text.startsWith('trailer', this.at)) {
        this.must(/^(?:\d+|n|f)$/.test(this.word()))
        this.skip()
      }
      this.word()
    }
    this.skip()
    this.must(this.value(0))
  }

  /** Whoever looks for objects, or is sent to one, finds none in a picture, a text or a comment. */
  private refuseOtherObjects(): void {
    for (let at = this.text.indexOf('obj'); at >= 0; at = this.text.indexOf('obj', at + 3)) {
      this.must(this.marks.has(at) || !this.opensObject(at))
    }
    for (const { content } of this.streams) this.must(!/trailer[\0\t\n\f\r ]*[<%]/.test(content))
  }

  private opensObject(at: number): boolean {
    let before = at - 1
    while (before >= 0 && '\0\t\n\f\r '.includes(this.text[before]!)) before--
    // Between a number and the word may stand a comment, which ends with its line.
    if (/[\r\n]/.test(this.text.slice(before + 1, at)) && this.lineUntil(before).includes('%')) return true
    const number = before
    while (before >= 0 && '0123456789.+-'.includes(this.text[before]!)) before--
    return before < number && before >= 0 && '\0\t\n\f\r '.includes(this.text[before]!)
  }

  private lineUntil(last: number): string {
    let first = last
    while (first >= 0 && !'\r\n'.includes(this.text[first]!)) first--
    return this.text.slice(first + 1, last + 1)
  }

  private skip(): void {
    do this.take(BLANK)
    while (this.take(COMMENT))
  }

  private word(): string {
    return this.must(this.take(WORD))[0]
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found) this.at = pattern.lastIndex
    return found
  }

  private must<Value>(value: Value): NonNullable<Exclude<Value, false | ''>> {
    if (value === undefined || value === null || value === false || value === '') throw new NotAsItShould()
    return value as NonNullable<Exclude<Value, false | ''>>
  }
}
