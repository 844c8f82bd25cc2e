/** PostgREST gives no more rows at once (stack/postgrest.ts). */
const AT_ONCE = 1000

type Answer<T> = PromiseLike<{ data: T[] | null, error: Parameters<typeof databaseRefusal>[0] | null }>

/** The rows of a read that may be longer than an answer, page by page. Its order must leave no two rows equal. */
export async function* rowsInPages<T>(read: (from: number, to: number) => Answer<T>): AsyncGenerator<T> {
  for (let from = 0; ; from += AT_ONCE) {
    const rows = await answerOf(read(from, from + AT_ONCE - 1))
    yield* rows
    if (rows.length < AT_ONCE) return
  }
}

/** All of them together. */
export async function everyRow<T>(read: (from: number, to: number) => Answer<T>): Promise<T[]> {
  return Array.fromAsync(rowsInPages(read))
}
