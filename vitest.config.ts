import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{protocol,agent,server,packaging,scripts}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'dist/**', 'build/**'],
    testTimeout: 20_000,
    restoreMocks: true,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
