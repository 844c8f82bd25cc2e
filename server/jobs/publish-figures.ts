/** Early each day asks for the week's public figures: a server that was down on Monday publishes on Tuesday. */
export const publishFigures = defineJob('publish-figures', { schedule: '20 4 * * *' }, async () => {
  const [row] = await jobsSql()`select private.publish_figures() as published`
  return { published: row?.published as boolean }
})
