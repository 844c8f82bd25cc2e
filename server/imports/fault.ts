// Why a file, or one value in it, is not taken: a stable code and what the message needs. Never a value of the file.
export class ImportFault extends Error {
  readonly code: string
  readonly details: Record<string, unknown>

  constructor(code: string, details: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

export const LIMITS = {
  fileBytes: 20 * 1024 * 1024,
  /** What the parts of a workbook may unpack to. */
  unpackedBytes: 300 * 1024 * 1024,
  /** Characters of the texts that a workbook shares between cells. */
  sharedCharacters: 60 * 1024 * 1024,
  rows: 200_000,
  columns: 100,
  cellCharacters: 2_000,
} as const
