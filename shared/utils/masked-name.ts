/** A name as strangers may read it: the first sign, and the last of three or more. 王秀英 → 王＊英. */
export function maskedName(name: string): string {
  const signs = [...name]
  return signs.length < 3 ? `${signs[0] ?? ''}＊` : `${signs[0]}${'＊'.repeat(Math.min(signs.length - 2, 3))}${signs.at(-1)}`
}
