import tailwindcss from '@tailwindcss/vite'

// Each build has a folder of its own (stack/build.ts).
const buildId = process.env.LINXUE_BUILD_ID

const RESIDENT = new RegExp(String.raw`^(?!.*node_modules).*/(?:components/(?:ui|site)|composables/(?:use|site/|identity/)|utils/page-error|shared/utils/(?:format|preferences|translator))`)

const LEARNING = /\/components\/learning\/Learning(?:Cover|Course|Credit|Enrol|Filter|Catalogue)/

// Read as files when a certificate is printed (server/credentials/print/fonts.ts).
const FONTS = ['400Regular/NotoSerifSC_400Regular.ttf', '700Bold/NotoSerifSC_700Bold.ttf'].map(file => `node_modules/@expo-google-fonts/noto-serif-sc/${file}`)

export default defineNuxtConfig({
  modules: ['@pinia/nuxt', '@nuxt/content', '@nuxt/eslint'],
  // The server reads none, and phones are sent none.
  $production: { sourcemap: { server: false } },
  srcDir: '.',
  ...(buildId ? { buildDir: `.cache/build-${buildId}` } : {}),
  components: [{ path: '~/components', pathPrefix: false }],
  imports: { dirs: ['composables/**', 'utils/**'] },
  devtools: { enabled: false },
  css: ['~/assets/css/main.css'],
  content: {
    database: { type: 'sqlite', filename: ':memory:' },
    experimental: { sqliteConnector: 'native' },
    renderer: { anchorLinks: false },
    build: { markdown: { highlight: false } },
  },
  dir: { app: 'app' },
  features: { inlineStyles: false },
  experimental: { typedPages: true, payloadExtraction: false, appManifest: false, componentIslands: false, defaults: { nuxtLink: { prefetch: false } } },
  compatibilityDate: '2026-11-01',
  nitro: {
    preset: 'node-server',
    compressPublicAssets: { gzip: true, brotli: true },
    // It wants an older version of a package that others want newer; side by side in the build they are taken for one another.
    externals: { inline: ['pdfkit'], traceInclude: FONTS },
    ...(buildId ? { output: { dir: `.output/${buildId}` } } : {}),
  },
  vite: {
    plugins: [tailwindcss()],
    // WeChat on old phones runs a Chrome of that age.
    build: { target: ['chrome87', 'safari14'] },
    $client: {
      // Every component here is written with setup(), so Vue's older way of writing them need not be sent to a phone.
      define: { __VUE_OPTIONS_API__: 'false' },
      build: {
        rolldownOptions: {
          output: {
            // What nearly every resident page is made of, in one file, and what pages of courses share, in another: on a slow line thirty small ones
            // cost more than their bytes.
            codeSplitting: { groups: [{ name: 'resident', test: RESIDENT }, { name: 'learning', test: LEARNING }] },
          },
        },
      },
    },
  },
  typescript: { strict: true, tsConfig: { compilerOptions: { allowImportingTsExtensions: true, noUncheckedIndexedAccess: true } } },
  telemetry: false,
  hooks: {
    // The content module would lay its dump among the public files, which is answered to the server alone; with nothing to render ahead,
    // no second server is built to do it.
    'prerender:routes': ({ routes }) => routes.clear(),
    // Texts are rendered to HTML on the server: the content module's two dozen components for it are of no use to a phone.
    'components:extend': (components) => {
      for (const component of components) if (component.pascalName.startsWith('Prose')) component.global = false
    },
    // Ours answers /api; what it leaves alone is Nuxt's, which renders error.vue.
    // Every address is looked up among the types of all routes, which the compiler gives up on when they are too many: those that no page
    // reads from are left out. What a form's answer is typed as stands where it is sent.
    'nitro:init': (nitro) => {
      nitro.hooks.hook('types:extend', ({ routes }) => {
        for (const [path, methods] of Object.entries(routes)) if (!methods.get || /\.\w+$|\/file$/.test(path)) Reflect.deleteProperty(routes, path)
      })
    },
    'nitro:config': (nitro) => {
      nitro.errorHandler = ['~/server/error.ts', nitro.errorHandler as string]
    },
    // Lazy chunks (the player, the desk) are fetched when they are opened, never ahead of time on a phone.
    'build:manifest': (manifest) => {
      for (const chunk of Object.values(manifest)) {
        chunk.prefetch = false
        chunk.dynamicImports = []
      }
    },
  },
  eslint: { config: { stylistic: true } },
  pinia: { storesDirs: ['stores/**'] },
})
