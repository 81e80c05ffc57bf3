import type { MdRaidDocument } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { arrayState } from './array-state.ts';

describe('an array of disks', () => {
  const array = (more: object): MdRaidDocument['arrays'][number] => ({
    name: 'md0',
    state: 'active',
    devices: [],
    ...more,
  });
  test.each([
    [{ devicesTotal: 2, devicesActive: 2 }, 'ok', 'active', undefined],
    [{}, 'ok', 'active', undefined],
    [{ state: 'inactive' }, 'crit', 'inactive', undefined],
    [
      { devicesTotal: 3, devicesActive: 2, devices: [{ name: 'sdc1', role: 'faulty' }] },
      'crit',
      'degraded',
      '2 of 3 disks are in use. sdc1 is faulty.',
    ],
    [
      { devicesTotal: 2, devicesActive: 2, devices: [{ name: 'sdc1', role: 'faulty' }] },
      'warn',
      'faulty disk',
      'sdc1 is faulty.',
    ],
  ])('%j is %s: %s', (more, severity, text, sentence) => {
    expect(arrayState(array(more))).toEqual({ severity, text, sentence });
  });
});
