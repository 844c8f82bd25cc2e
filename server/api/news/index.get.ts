import { NewsQuery } from '~~/shared/schemas/texts'

const PAGE_SIZE = 10

/** News in the reader's language, the newest first, ten a page. */
export default defineEventHandler(async (event) => {
  const { page } = readQuery(event, NewsQuery)
  const news = await listTexts(event, 'news')
  return { news: news.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), page, pages: Math.ceil(news.length / PAGE_SIZE) }
})
