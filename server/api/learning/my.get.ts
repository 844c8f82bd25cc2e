/** The asker's courses, hours by year and credit balance. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const lang = preferencesOf(event).lang
  const [courses, hours, balance, children, help, unread, categoryOf] = await Promise.all([
    database.rpc('my_courses'), database.rpc('my_hours'),
    database.rpc('my_credit_balance'), database.rpc('my_children'), database.rpc('my_help'),
    database.from('notices').select('id', { count: 'exact', head: true }).is('read_at', null),
    categoriesFor(event),
  ])
  for (const { error } of [courses, hours, balance, children, help, unread]) if (error) throw databaseRefusal(error)
  const t = linesIn(lang)
  return {
    /** What waits for a look or an answer, and where it is. */
    waits: [
      ...unread.count ? [{ to: '/my/activities#notices', text: t('waits.notices', { count: unread.count }) }] : [],
      ...help.data!.filter(one => !one.helps && !one.agreed).map(one => ({ to: '/my/family', text: t('waits.help', { name: one.name! }) })),
    ],
    courses: courses.data!.map(row => ({
      slug: row.slug!,
      kind: row.kind as 'course' | 'micro_lecture',
      title: row.title!,
      category: categoryOf(row.category_id!),
      poster: posterUrl(row.poster),
      minutes: row.minutes!,
      lessons: row.lesson_count!,
      isPublished: row.published!,
      done: row.done!,
      next: row.next_lesson_slug ? { slug: row.next_lesson_slug, title: row.next_lesson_title! } : null,
      completedAt: row.completed_at,
    })),
    years: hours.data!.map(row => ({ year: row.year!, hours: row.hours!, times: row.person_times! })),
    balanceMilliCredits: balance.data ?? 0,
    children: children.data!.map(row => ({ name: row.name!, birthYear: row.birth_year, relation: row.relation as 'mother' | 'father' | 'grandparent' | 'relative' | 'other' })),
  }
})
