import tailwindcss from '@tailwindcss/vite'

// Each build has a folder of its own (stack/build.ts).
const buildId = process.env.LINXUE_BUILD_ID

export default defineNuxtConfig({
  modules: ['@pinia/nuxt', '@nuxt/content', '@nuxt/eslint'],
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
  experimental: { typedPages: true, payloadExtraction: false, appManifest: false, defaults: { nuxtLink: { prefetch: false } } },
  compatibilityDate: '2026-11-01',
  nitro: {
    preset: 'node-server',
    compressPublicAssets: { gzip: true, brotli: true },
    // The content module would lay its dump among the public files; it is answered to the server alone.
    prerender: { ignore: ['/__nuxt_content'] },
    errorHandler: '~/server/error.ts',
    ...(buildId ? { output: { dir: `.output/${buildId}` } } : {}),
  },
  vite: {
    plugins: [tailwindcss()],
    // WeChat on old phones runs a Chrome of that age.
    build: { target: ['chrome87', 'safari14'] },
  },
  typescript: { strict: true, tsConfig: { compilerOptions: { allowImportingTsExtensions: true, noUncheckedIndexedAccess: true } } },
  telemetry: false,
  hooks: {
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
