import type { KnipConfig } from 'knip'

export default {
  entry: ['tests/**/*.test.ts', 'tests/*.ts', 'content.config.ts', 'server/error.ts', 'app/router.options.ts', 'public/desk/door/worker.js'],
  // Nuxt brings Nitro, whose types the error handler names; the font is read as a file.
  ignoreDependencies: ['nitropack', '@expo-google-fonts/noto-serif-sc'],
  // Of the system, where the launcher or the browser tests run as root.
  ignoreBinaries: ['useradd', 'apt-get', 'prlimit'],
  // Generated in the shape that supabase-js reads.
  ignoreExportsUsedInFile: true,
} satisfies KnipConfig
