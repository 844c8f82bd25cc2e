import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'

export type Weight = 'regular' | 'bold'

/** What a printer sets where it has no type for a character. */
const NO_TYPE = '〓'

// Noto Serif SC (OFL): every character of GB 18030's required part and of the 8,105 of the general standard table.
const FILES: Record<Weight, string> = { regular: '400Regular/NotoSerifSC_400Regular.ttf', bold: '700Bold/NotoSerifSC_700Bold.ttf' }
const require = createRequire(import.meta.url)
const loaded = new Map<Weight, Font>()

export function fontFile(weight: Weight): string {
  return require.resolve(`@expo-google-fonts/noto-serif-sc/${FILES[weight]}`)
}

export function fontOf(weight: Weight): Font {
  if (!loaded.has(weight)) loaded.set(weight, create(readFileSync(fontFile(weight))) as Font)
  return loaded.get(weight)!
}

/** The characters of a text that the font has no shape for. */
export function missingCharacters(text: string): string[] {
  return [...new Set(text)].filter(character => !fontOf('regular').hasGlyphForCodePoint(character.codePointAt(0)!))
}

/** A text with a sign in the place of every character that can't be printed: never an empty box. */
export function printable(text: string): string {
  const missing = new Set(missingCharacters(text))
  return missing.size ? [...text].map(character => missing.has(character) ? NO_TYPE : character).join('') : text
}

/** How wide a line is, in the unit of its size. */
export function widthOf(text: string, size: number, weight: Weight = 'regular', spacing = 0): number {
  const font = fontOf(weight)
  let width = 0
  for (const character of text) width += font.glyphForCodePoint(character.codePointAt(0)!).advanceWidth / font.unitsPerEm * size + spacing
  return width - (text ? spacing : 0)
}

// Chinese breaks anywhere, but no line begins with these or ends with those.
const NOT_FIRST = /[，。、；：？！）》”’」』…—%]/
const NOT_LAST = /[（《“‘「『]/

/** A paragraph as lines no wider than that; words in Latin letters and numbers stay whole where they fit a line. */
export function linesOf(text: string, size: number, width: number, weight: Weight = 'regular'): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(/[\w.,:/%-]+ ?|[^\w]/gu) ?? []) {
    if (line && widthOf(line + piece.trimEnd(), size, weight) > width && !NOT_FIRST.test(piece)) {
      const carried = NOT_LAST.test(line.at(-1)!) ? line.at(-1)! : ''
      lines.push(line.slice(0, line.length - carried.length))
      line = carried
    }
    line += piece
  }
  return line ? [...lines, line] : lines
}
