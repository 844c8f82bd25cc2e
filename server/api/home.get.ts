/** What the home page shows to everybody. */
export default defineEventHandler(async (event) => {
  const [courses, microLectures, news, network, earning] = await Promise.all([
    newestCourses(event, 'course', 6), newestCourses(event, 'micro_lecture', 8), listTexts(event, 'news'), browseNetwork(event, null), learningEarns(event),
  ])
  return {
    courses,
    microLectures,
    news: news.slice(0, 3),
    places: network.places.map(({ code, name, schoolCount }) => ({ code, name, schoolCount })),
    earning,
  }
})
