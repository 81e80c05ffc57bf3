import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestPackage {
  readonly name?: string;
  readonly version?: string;
  readonly architecture?: string;
  /** Of the one file in it. */
  readonly content?: string;
  /** Further lines of the control file. */
  readonly more?: string;
}

/** For tests: a real small package in `folder`. */
export function makePackage(folder: string, wanted: TestPackage = {}): string {
  const { name = 'proxmox-monitor-agent', version = '0.1.0', architecture = 'amd64', more = '' } = wanted;
  const tree = join(folder, `tree-${name}-${version}-${architecture}`);
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, 'usr/share/proxmox-monitor-test'), { recursive: true });
  writeFileSync(join(tree, 'usr/share/proxmox-monitor-test/file'), wanted.content ?? `${version}\n`);
  writeFileSync(
    join(tree, 'DEBIAN/control'),
    `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: Nobody <nobody@example.net>\n` +
      `${more}Description: a package for tests\n It has more than one line.\n .\n Even an empty one.\n`,
  );
  const file = join(folder, `${name}_${version}_${architecture}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', tree, file], {
    stdio: 'ignore',
  });
  return file;
}
