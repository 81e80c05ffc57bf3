import { describe, expect, test } from 'vitest';
import { thirdParty } from '../testing/recorded-host.ts';
import { parseScan, targetsOf } from './scan.ts';
import { recorded } from './testing.ts';

/** What smartctl found, with the type where smartctl has to be told it. */
function found(text: string): string[] {
  return parseScan(text).map(({ device, deviceType }) =>
    deviceType === undefined ? device : `${device} -d ${deviceType}`,
  );
}
const letters = (names: string): string[] => [...names].map((letter) => `/dev/sd${letter}`);

test.each([
  ['qemu-smartctl-7.3/scan.json', ['/dev/sda', '/dev/sdb', '/dev/nvme0']],
  ['qemu-smartctl-7.3/scan-open.json', ['/dev/sda', '/dev/sdb', '/dev/nvme0']],
  ['qemu-smartctl-7.4/scan.json', ['/dev/sda', '/dev/sdb', '/dev/nvme0']],
  ['qemu-smartctl-7.4/scan-open.json', ['/dev/sda', '/dev/sdb', '/dev/nvme0']],
  ['vm-scan-open.json', letters('abcdeghijklmnpqst')],
])('%s has these disks', (name, devices) => {
  expect(found(recorded(name))).toEqual(devices);
});

describe('a scan that another project recorded', () => {
  const CASES = [
    ['scan-scrutiny-simple', letters('abcdefg')],
    ['scan-scrutiny-megaraid', ['/dev/bus/0 -d megaraid,0', '/dev/bus/0 -d megaraid,1']],
  ] as const;
  for (const [name, devices] of CASES) {
    const text = thirdParty(`smart/${name}.json`);
    test.skipIf(text === undefined)(name, () => {
      expect(found(text ?? '')).toEqual(devices);
    });
  }
});

test('disks behind a controller have no kernel name, and what the kernel has besides is asked, too', () => {
  const scan = [{ device: '/dev/bus/0', deviceType: 'megaraid,0' }, { device: '/dev/nvme0' }];
  const block = (name: string) => ({ name, sizeBytes: 512, mark: '1' });
  expect(targetsOf(scan, [block('nvme0n1'), block('nvme0n2'), block('sda'), block('vda')])).toEqual([
    { device: '/dev/bus/0', deviceType: 'megaraid,0', names: [] },
    { device: '/dev/nvme0', names: ['nvme0n1', 'nvme0n2'], sizeBytes: 1024 },
    { device: '/dev/sda', names: ['sda'], sizeBytes: 512 },
    { device: '/dev/vda', names: ['vda'], sizeBytes: 512, unsupported: expect.stringContaining('virtio') },
  ]);
});

test.each(['', '{', '{}', '{"devices":[]}', 'smartctl 6.6'])('%j is no scan', (text) => {
  expect(() => parseScan(text)).toThrow(/smartctl/);
});

test('what smartctl must not be given is left out', () => {
  const devices = ['-x', '/dev/../etc/passwd', '/etc/passwd', '/dev/sda; rm', 7, null].map((name) => ({
    name,
  }));
  expect(parseScan(JSON.stringify({ smartctl: {}, devices }))).toEqual([]);
});
