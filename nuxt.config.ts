import tailwindcss from '@tailwindcss/vite'

// Each build has a folder of its own (stack/build.ts).
const buildId = process.env.LINXUE_BUILD_ID

export default defineNuxtConfig({
  srcDir: '.',
  ...(buildId ? { buildDir: `.cache/build-${buildId}` } : {}),
  dir: { app: 'app' },
  modules: ['@pinia/nuxt', '@nuxt/content', '@nuxt/eslint'],
  compatibilityDate: '2026-11-01',
  telemetry: false,
  devtools: { enabled: false },
  components: [{ path: '~/components', pathPrefix: false }],
  imports: { dirs: ['composables/**', 'utils/**'] },
  pinia: { storesDirs: ['stores/**'] },
  css: ['~/assets/css/main.css'],
  features: { inlineStyles: false },
  experimental: { typedPages: true, payloadExtraction: false, appManifest: false, defaults: { nuxtLink: { prefetch: false } } },
  typescript: { strict: true, tsConfig: { compilerOptions: { allowImportingTsExtensions: true, noUncheckedIndexedAccess: true } } },
  vite: {
    plugins: [tailwindcss()],
    // WeChat on old phones runs a Chrome of that age.
    build: { target: ['chrome87', 'safari14'] },
  },
  nitro: {
    preset: 'node-server',
    compressPublicAssets: { gzip: true, brotli: true },
    // The content module would lay its dump among the public files; it is answered to the server alone.
    prerender: { ignore: ['/__nuxt_content'] },
    errorHandler: '~/server/error.ts',
    ...(buildId ? { output: { dir: `.output/${buildId}` } } : {}),
  },
  content: {
    database: { type: 'sqlite', filename: ':memory:' },
    experimental: { sqliteConnector: 'native' },
    renderer: { anchorLinks: false },
    build: { markdown: { highlight: false } },
  },
  eslint: { config: { stylistic: true } },
  hooks: {
    // Lazy chunks (the player, the desk) are fetched when they are opened, never ahead of time on a phone.
    'build:manifest': (manifest) => {
      for (const chunk of Object.values(manifest)) {
        chunk.prefetch = false
        chunk.dynamicImports = []
      }
    },
  },
})
