import { expect, test } from 'vitest';
import { changelogVersion, debianVersion, readRelease } from './version.ts';

test('a pre-release sorts before its release in Debian', () => {
  expect(debianVersion('0.2.0-rc.1')).toBe('0.2.0~rc.1');
  expect(debianVersion('0.2.0')).toBe('0.2.0');
});

test('the newest entry of debian/changelog counts', () => {
  const changelog =
    'proxmox-monitor (0.2.0~rc.1) unstable; urgency=medium\n\n  * …\n\nproxmox-monitor (0.1.0) unstable;\n';
  expect(changelogVersion(changelog)).toBe('0.2.0~rc.1');
  expect(() => changelogVersion('other (1.0)')).toThrow('debian/changelog');
});

test('package.json and debian/changelog agree', async () => {
  await expect(readRelease()).resolves.toHaveProperty('version');
});
