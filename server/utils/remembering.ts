import { LRUCache } from 'lru-cache'

const MOST_ANSWERS = 500

/**
 * Reads what everybody may see, and answers from memory for some seconds. Nothing that depends on who asks may be read
 * through it. Those who ask at once wait for one reading. That there is nothing is not kept: it may appear.
 */
export function remembering<Args extends (string | number | undefined)[], T>(seconds: number, read: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
  const answers = new LRUCache<string, { answer: T }, { args: Args }>({
    max: MOST_ANSWERS,
    ttl: seconds * 1000,
    fetchMethod: async (_key, _stale, { context, options }) => {
      const answer = await read(...context.args)
      if (answer === null) options.ttl = 1
      return { answer }
    },
  })
  return async (...args) => (await answers.forceFetch(JSON.stringify(args), { context: { args } })).answer
}
