import { LecturerSearch } from '~~/shared/schemas/lecturers'

const PAGE = 24

/** The lecturers who agreed to be listed, by what they speak of and by words. */
export default defineEventHandler(async (event) => {
  const { category, words, page } = readQuery(event, LecturerSearch)
  const [rows, categoryOf, categories] = await Promise.all([
    answerOf(anonymousDatabase().rpc('find_lecturers', { of_category_id: category, query: words, page_size: PAGE, skip: (page - 1) * PAGE })), categoriesFor(event),
    answerOf(anonymousDatabase().from('categories').select('id').order('position')),
  ])
  return {
    total: rows[0]?.total ?? 0, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE), categories: categories.map(({ id }) => ({ id, name: categoryOf(id).name })),
    lecturers: rows.map(row => ({
      id: row.id!, name: row.name!, title: row.title!, workplace: row.workplace, topics: row.topics!,
      categories: row.categories!.map(id => categoryOf(id).name), availability: row.availability!, photo: row.photo,
      unit: { code: row.unit_code!, name: row.unit! },
    })),
  }
})
