import { defineVitestProject } from '@nuxt/test-utils/config'
import { defineConfig } from 'vitest/config'

// Setting up Nuxt for the components takes seconds and locks the contents: only where they are tested.
const asked = process.argv.flatMap((word, at, words) => words[at - 1] === '--project' ? [word] : [])
const components = asked.length === 0 || asked.includes('nuxt')
  ? [await defineVitestProject({
      test: {
        name: 'nuxt',
        environment: 'nuxt',
        include: ['tests/nuxt/**/*.test.ts'],
        environmentOptions: { nuxt: { domEnvironment: 'happy-dom' } },
      },
    })]
  : []

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', environment: 'node', include: ['tests/unit/**/*.test.ts'] },
      },
      ...components,
      {
        test: {
          name: 'database',
          environment: 'node',
          include: ['tests/database/**/*.test.ts'],
          globalSetup: ['tests/stack.ts'],
          // Each file has a database of its own, all on one cluster.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'api',
          environment: 'node',
          include: ['tests/api/**/*.test.ts'],
          globalSetup: ['tests/portal.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'stack',
          environment: 'node',
          include: ['tests/stack/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/portal.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
