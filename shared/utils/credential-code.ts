/** A certificate's code as it is printed and read out: in groups of four. */
export function groupedCode(code: string): string {
  return code.match(/.{4}/g)?.join('-') ?? code
}

/** What somebody typed as a code; letters that look like digits are taken for them, as Crockford's base 32 does. */
export function typedCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
}
