import { expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };

// npm leaves the digest out of what it finds in a folder of a workspace while it writes the file
test('every package that npm fetches is pinned by a digest', () => {
  const without = Object.entries(lock.packages)
    .filter(([folder, about]) => folder.includes('node_modules/') && !('link' in about))
    .filter(([, about]) => !('integrity' in about));
  expect(without.map(([folder]) => folder)).toEqual([]);
});
