import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', environment: 'node', include: ['tests/unit/**/*.test.ts'] },
      },
      {
        test: {
          name: 'database',
          environment: 'node',
          include: ['tests/database/**/*.test.ts'],
          globalSetup: ['tests/stack.ts'],
          // All files share one database and one region: two long transactions would only wait for each other's counts.
          fileParallelism: false,
          testTimeout: 20_000,
        },
      },
    ],
  },
})
