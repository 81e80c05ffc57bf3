import { LIMITS } from '@proxmox-monitor/protocol';
import type { Host } from '../host.ts';
import { compareReleases, type Kernels } from './kernels.ts';

/** Left by packages that take effect with a reboot only; a file with their names may stand beside it. */
const REQUIRED = '/run/reboot-required';
const MAX_NAMES = 8;

/**
 * Why a reboot is due, in words; empty when none is.
 * @param zfsTools version of the package zfsutils-linux
 */
export async function rebootReasons(
  host: Host,
  kernels: Kernels | undefined,
  zfsTools: string | undefined,
): Promise<string[]> {
  const reasons: string[] = [];
  if (kernels?.installed !== undefined && compareReleases(kernels.installed, kernels.running) !== 0) {
    reasons.push(`kernel ${kernels.installed} is installed, ${kernels.running} is running`);
  }
  const zfsModule = (await host.read('/sys/module/zfs/version'))?.trim();
  if (zfsModule !== undefined && zfsTools !== undefined && upstream(zfsModule) !== upstream(zfsTools)) {
    reasons.push(`the ZFS module is ${upstream(zfsModule)}, its tools are ${upstream(zfsTools)}`);
  }
  if (await host.has(REQUIRED)) {
    const names = [...new Set((await host.read(`${REQUIRED}.pkgs`))?.split('\n') ?? [])].filter(
      (name) => name !== '',
    );
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
    const who =
      names.length === 0 ? 'an installed package' : `${names.slice(0, MAX_NAMES).join(', ')}${more}`;
    reasons.push(`asked for by ${who}`);
  }
  return reasons.map((reason) => reason.slice(0, LIMITS.textLength));
}

/** "2.2.6-pve1": "2.2.6". */
function upstream(version: string): string {
  return /^[\d.]+/.exec(version)?.[0] ?? version;
}
