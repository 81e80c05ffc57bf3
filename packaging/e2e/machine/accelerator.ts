import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { MachineImage } from './machine-image.ts';

const PROBE_MS = 15_000;
const EMULATED = ['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max'];
const BY_HARDWARE = ['-accel', 'kvm', '-cpu', 'host'];

/**
 * Options of qemu for the processor. There may be a /dev/kvm on which a stock kernel crashes or hangs, so a boot of the
 * kernel itself is tried; where it says nothing in time the processor is emulated, ten to twenty times as slow.
 */
export async function pickAccelerator(image: MachineImage): Promise<readonly string[]> {
  return existsSync('/dev/kvm') && (await boots(image, BY_HARDWARE)) ? BY_HARDWARE : EMULATED;
}

/** The machine runs the processor's own instructions. */
export function isByHardware(options: readonly string[]): boolean {
  return options === BY_HARDWARE;
}

async function boots(image: MachineImage, options: readonly string[]): Promise<boolean> {
  const machine = ['-machine', 'q35', '-m', '512', '-nodefaults', '-display', 'none', '-no-reboot'];
  const kernel = ['-kernel', image.kernel.image, '-initrd', image.initrd];
  const probe = ['-append', 'console=ttyS0 quiet panic=-1 e2e.probe', '-serial', 'stdio'];
  const qemu = spawn('qemu-system-x86_64', [...options, ...machine, ...kernel, ...probe], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  qemu.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new AbortController();
  await Promise.race([once(qemu, 'close'), pause(PROBE_MS, undefined, { signal: ended.signal })]);
  ended.abort();
  if (qemu.exitCode === null) qemu.kill('SIGKILL');
  return said.includes('e2e.probe: it runs');
}
