import { describe, expect, test } from 'vitest';
import { RecordedHost } from '../testing/recorded-host.ts';
import { compareReleases, newestKernel, readKernels } from './kernels.ts';
import { rebootReasons } from './reboot.ts';

describe('the kernel that the next boot starts', () => {
  test.each([
    ['6.8.12-9-pve', ['6.8.12-9-pve', '6.8.12-11-pve', '6.8.4-2-pve'], '6.8.12-11-pve'],
    ['6.8.12-11-pve', ['6.8.12-11-pve', '6.14.8-2-pve'], '6.14.8-2-pve'],
    ['6.1.0-44-amd64', ['6.1.0-44-amd64', '6.1.0-50-cloud-amd64'], '6.1.0-44-amd64'],
    ['6.12.48+deb13-amd64', ['6.12.48+deb13-amd64', '6.12.107+deb13-amd64'], '6.12.107+deb13-amd64'],
    ['6.8.12-9-pve', [], undefined],
  ])('of a host that runs %s and has %j is %s', (running, releases, newest) => {
    expect(newestKernel(releases, running)).toBe(newest);
  });

  test('is the pinned one while that is installed', async () => {
    const host = new RecordedHost().files({
      '/proc/sys/kernel/osrelease': '6.8.12-9-pve\n',
      '/boot/vmlinuz-6.8.12-9-pve': '',
      '/boot/vmlinuz-6.14.8-2-pve': '',
      '/boot/initrd.img-6.17.1-1-pve': '',
      '/etc/kernel/proxmox-boot-pin': '6.8.12-9-pve\n',
    });
    expect(await readKernels(host)).toEqual({ running: '6.8.12-9-pve', installed: '6.8.12-9-pve' });
    host.files({ '/etc/kernel/proxmox-boot-pin': '6.5.0-1-pve\n' });
    expect(await readKernels(host)).toEqual({ running: '6.8.12-9-pve', installed: '6.14.8-2-pve' });
  });

  test('compares by its numbers', () => {
    expect(compareReleases('6.8.12-11-pve', '6.8.12-9-pve')).toBeGreaterThan(0);
    expect(compareReleases('6.8', '6.8.0')).toBe(0);
  });
});

describe('a reboot is due', () => {
  const kernels = { running: '6.8.12-9-pve', installed: '6.8.12-11-pve' };

  test('for a newer kernel, for tools of ZFS that are ahead of its module, and for packages that ask', async () => {
    const host = new RecordedHost().files({
      '/sys/module/zfs/version': '2.2.7-pve2\n',
      '/run/reboot-required': '*** System restart required ***\n',
      '/run/reboot-required.pkgs': 'linux-image-amd64\ndbus\ndbus\n',
    });
    expect(await rebootReasons(host, kernels, '2.3.3-pve1')).toEqual([
      'kernel 6.8.12-11-pve is installed, 6.8.12-9-pve is running',
      'the ZFS module is 2.2.7, its tools are 2.3.3',
      'asked for by linux-image-amd64, dbus',
    ]);
  });

  test('for nothing else', async () => {
    const host = new RecordedHost().files({ '/sys/module/zfs/version': '2.3.3-pve1\n' });
    const same = { running: '6.8.12-9-pve', installed: '6.8.12-9-pve' };
    expect(await rebootReasons(host, same, '2.3.3-pve2')).toEqual([]);
    expect(await rebootReasons(host, { running: '6.8.12-9-pve', installed: undefined }, undefined)).toEqual(
      [],
    );
  });
});
