import { describe, expect, test } from 'vitest';
import { withoutSharedSpace } from './shared-space.ts';

describe('datasets that draw on the same free space', () => {
  const dataset = (device: string, mountPoint: string, availableBytes: number, type = 'zfs') => ({
    device,
    mountPoint,
    type,
    sizeBytes: availableBytes + 100,
    usedBytes: 100,
    availableBytes,
    readOnly: false,
  });
  const kept = (...all: ReturnType<typeof dataset>[]): string[] =>
    withoutSharedSpace(all).map(({ mountPoint }) => mountPoint);

  test('are shown once, with the shortest mount point', () => {
    expect(
      kept(
        dataset('rpool/data', '/rpool/data', 1_000_000),
        dataset('rpool/ROOT/pve-1', '/', 1_000_500),
        dataset('rpool', '/rpool', 999_900),
      ),
    ).toEqual(['/']);
  });

  test('stay when a quota limits them, and so do other pools', () => {
    expect(
      kept(
        dataset('rpool/ROOT/pve-1', '/', 50_000),
        dataset('rpool', '/rpool', 1_000_000),
        dataset('rpool/data', '/rpool/data', 1_000_000),
        dataset('tank', '/tank', 1_000_000),
        dataset('/dev/sda1', '/mnt', 1_000_000, 'ext4'),
      ),
    ).toEqual(['/', '/mnt', '/tank', '/rpool']);
  });

  test('with quotas that are used up are all shown', () => {
    expect(
      kept(
        dataset('rpool/ROOT/pve-1', '/', 1_000_000),
        dataset('rpool', '/rpool', 1_000_000),
        dataset('rpool/a', '/srv/a', 0),
        dataset('rpool/b', '/srv/b', 0),
      ),
    ).toEqual(['/', '/srv/a', '/srv/b']);
  });

  test('are all shown when one of them has a reservation: which share what is not known then', () => {
    expect(
      kept(
        dataset('rpool', '/rpool', 1_000_000),
        dataset('rpool/data', '/rpool/data', 1_000_000),
        dataset('rpool/db', '/rpool/db', 3_000_000),
      ),
    ).toEqual(['/rpool', '/rpool/db', '/rpool/data']);
  });

  test('of a full pool are shown once too', () => {
    expect(kept(dataset('tank', '/tank', 0), dataset('tank/a', '/tank/a', 0))).toEqual(['/tank']);
  });
});
