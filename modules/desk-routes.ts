import { addTemplate, addTypeTemplate, defineNuxtModule } from '@nuxt/kit'

/**
 * Keeps the desk's routes out of what every page loads: `#build/routes` holds the residents' pages, `#build/desk-routes.mjs`
 * the desk's. app/router.options.ts puts the two together where the desk is asked for. Types know all routes as before.
 */
export default defineNuxtModule({
  meta: { name: 'desk-routes' },
  setup(_options, nuxt) {
    nuxt.hook('modules:done', () => {
      const routes = nuxt.options.build.templates.find(({ filename }) => filename === 'routes.mjs')!
      const write = routes.getContents!
      const only = (isWanted: (path: string) => boolean): typeof write => data =>
        write({ ...data, app: { ...data.app, pages: data.app.pages?.filter(({ path }) => isWanted(path)) } })
      const isDesk = (path: string) => path === '/desk' || path.startsWith('/desk/')
      routes.getContents = only(path => !isDesk(path))
      addTemplate({ filename: 'desk-routes.mjs', getContents: only(isDesk) })
      addTypeTemplate({
        filename: 'types/desk-routes.d.ts',
        getContents: () => `declare module '#build/desk-routes.mjs' {\n  const routes: import('vue-router').RouteRecordRaw[]\n  export default routes\n}\n`,
      })
    })
  },
})
