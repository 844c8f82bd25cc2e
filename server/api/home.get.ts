/** What the home page shows: to everybody the same, but for the activities near where one lives. */
export default defineEventHandler(async (event) => {
  const [courses, microLectures, news, network, earning, activities] = await Promise.all([
    newestCourses(event, 'course', 6), newestCourses(event, 'micro_lecture', 8), listTexts(event, 'news'), browseNetwork(event, null), learningEarns(event), comingActivities(event, 4),
  ])
  return {
    courses,
    microLectures,
    /** Around the asker; for visitors, of the whole region. */
    activities,
    news: news.slice(0, 3),
    places: network.places.map(({ code, name, schoolCount }) => ({ code, name, schoolCount })),
    earning,
  }
})
