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

  test('stay when a quota limits them, once per limit', () => {
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

  test('of a full pool are shown once too', () => {
    expect(kept(dataset('tank', '/tank', 0), dataset('tank/a', '/tank/a', 0))).toEqual(['/tank']);
  });
});
