import { hostname } from 'node:os';
import { type HostFacts, LIMITS } from '@proxmox-monitor/protocol';
import type { Host } from '../host.ts';

/** What a host is. What cannot be read is absent; only the name is always there. */
export async function collectFacts(host: Host): Promise<HostFacts> {
  const read = async (path: string): Promise<string | undefined> => {
    try {
      return await host.read(path);
    } catch {
      // A fact that may not be read is as absent as one that is not there: nothing depends on it.
      return undefined;
    }
  };
  const [name, release, kernel, cpuinfo, zfsVersion] = await Promise.all([
    read('/proc/sys/kernel/hostname'),
    read('/etc/os-release'),
    read('/proc/sys/kernel/osrelease'),
    read('/proc/cpuinfo'),
    read('/sys/module/zfs/version'),
  ]);
  const facts = {
    operatingSystem: named(parseOsRelease(release ?? '')),
    kernel: named(kernel),
    cpuModel: named(parseCpuModel(cpuinfo ?? '')),
    zfsVersion: named(zfsVersion),
  };
  return {
    // A recorded host must not be given this machine's name.
    hostname: named(name) ?? (host.root === '/' ? named(hostname()) : undefined) ?? 'unknown',
    ...(facts.operatingSystem === undefined ? {} : { operatingSystem: facts.operatingSystem }),
    ...(facts.kernel === undefined ? {} : { kernel: facts.kernel }),
    architecture: process.arch === 'x64' ? 'x86_64' : process.arch === 'arm64' ? 'aarch64' : process.arch,
    ...(facts.cpuModel === undefined ? {} : { cpuModel: facts.cpuModel }),
    ...(facts.zfsVersion === undefined ? {} : { zfsVersion: facts.zfsVersion }),
  };
}

/** A name as the protocol takes it: one line, not empty, not endless. */
function named(text: string | undefined): string | undefined {
  const name = text?.trim().slice(0, LIMITS.nameLength) ?? '';
  return name === '' ? undefined : name;
}

/** PRETTY_NAME of os-release(5), its quotes removed; undefined when there is none. */
export function parseOsRelease(text: string): string | undefined {
  const value = /^PRETTY_NAME=(.{0,300})$/m.exec(text)?.[1]?.trim();
  return value?.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["$`\\])/g, '$1');
}

/** The first `model name` of /proc/cpuinfo. Most arm64 machines have none. */
export function parseCpuModel(text: string): string | undefined {
  return /^model name\s{0,9}: (.{1,300})$/m.exec(text)?.[1];
}
