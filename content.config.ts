import { defineCollection, defineContentConfig, z } from '@nuxt/content'

// Texts that an editor writes in files. A collection is public in whole, so it holds no drafts, no quiz answers and no
// personal data; course packs are not collections (docs/decisions/0003).
const schema = z.object({ order: z.number().default(0), updated: z.string().optional(), date: z.string().optional(), summary: z.string().default(''), rawbody: z.string() })

export default defineContentConfig({
  collections: {
    help: defineCollection({ type: 'page', source: 'help/**/*.md', schema }),
    policies: defineCollection({ type: 'page', source: 'policies/**/*.md', schema }),
    news: defineCollection({ type: 'page', source: 'news/**/*.md', schema }),
    holidays: defineCollection({ type: 'data', source: 'holidays/*.yml', schema: z.object({ provisional: z.boolean().optional(), days: z.array(z.object({ from: z.string(), to: z.string(), zh: z.string(), en: z.string() })) }) }),
  },
})
