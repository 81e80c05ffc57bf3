import { expect, test } from 'vitest';
import { RecordedHost } from '../testing/recorded-host.ts';
import { inContainer } from './container.ts';

test.each([
  ['systemd', '/run/systemd/container'],
  ['Docker', '/.dockerenv'],
  ['Podman', '/run/.containerenv'],
  ['what leaves a mark that may not be read (a folder cannot)', '/run/.containerenv/refused'],
])('%s makes containers that are known as such', async (_, mark) => {
  expect(await inContainer(new RecordedHost().files({ [mark]: '' }))).toBe(true);
});

test('a host without a mark is none', async () => {
  expect(await inContainer(new RecordedHost().files({ '/run/systemd/private': '' }))).toBe(false);
});
