import { lstat, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIST } from './paths.ts';
import { digest } from './runtime.ts';

/** Writes `SHA256SUMS` over the packages and bills of materials in dist/, as sha256sum(1) reads it. */
export async function writeSums(): Promise<void> {
  const names = (await readdir(DIST)).filter((name) => /\.(deb|cdx\.json)$/.test(name)).sort();
  const lines: string[] = [];
  for (const name of names) {
    const file = join(DIST, name);
    if ((await lstat(file)).isFile()) lines.push(`${await digest(file, 'sha256', 'hex')}  ${name}\n`);
  }
  await writeFile(join(DIST, 'SHA256SUMS'), lines.join(''));
}

/** `dist/proxmox-monitor-agent.deb` for `dist/proxmox-monitor-agent_0.1.0_amd64.deb`: shorter to type. */
export async function linkPackages(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const link = join(DIST, name.replace(/_.*/, '.deb'));
    await rm(link, { force: true });
    await symlink(name, link);
  }
}
