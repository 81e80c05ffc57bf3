import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { thisMachine } from './architectures.ts';
import { NODE_MODULES, REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';
import { isInstalled } from './tool.ts';

/** The newest version that a program asks of a family of symbols, such as GLIBC_2.34. */
async function newest(file: string, family: string): Promise<number[]> {
  const printed = await runProgram('readelf', ['--wide', '--version-info', join(NODE_MODULES, file)]);
  const found = [...printed.matchAll(new RegExp(`Name: ${family}_([\\d.]+)`, 'g'))];
  return (
    found
      .map((match) => (match[1] ?? '').split('.').map(Number))
      .sort(compare)
      .at(-1) ?? []
  );
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((part, position) => part !== b[position]);
  return index < 0 ? a.length - b.length : (a[index] ?? 0) - (b[index] ?? -1);
}

/** What debian/rules promises about libc6, such as [2, 34]. */
function promised(list: string): number[] {
  const rules = readFileSync(join(REPOSITORY, 'debian/rules'), 'utf8');
  const version = new RegExp(`^${list} = libc6 \\(>= ([\\d.]+)\\)`, 'm').exec(rules)?.[1] ?? '';
  return version.split('.').map(Number);
}

const MODULES = [
  'better-sqlite3/prebuilds/linux-x64.node',
  'better-sqlite3/prebuilds/linux-arm64.node',
  'argon2/prebuilds/linux-x64/argon2.glibc.node',
  'argon2/prebuilds/linux-arm64/argon2.armv8.glibc.node',
];

test.skipIf(!isInstalled('readelf'))(
  'the native modules need the libraries that debian/rules names',
  async () => {
    const needed = await Promise.all(MODULES.map((file) => newest(file, 'GLIBC')));
    expect(needed.sort(compare).at(-1)).toEqual(promised('server_libraries'));
    for (const file of MODULES) {
      // libstdc++6 of GCC 11
      expect(compare(await newest(file, 'GLIBCXX'), [3, 4, 29]), file).toBeLessThanOrEqual(0);
    }
  },
);

test.skipIf(!isInstalled('readelf') || process.platform !== 'linux')(
  'Node needs the libraries that debian/rules names',
  async () => {
    const node = `${thisMachine().runtimePackage}/bin/node`;
    expect(await newest(node, 'GLIBC')).toEqual(promised('agent_libraries'));
    // libstdc++6 of GCC 5.2
    expect(await newest(node, 'GLIBCXX')).toEqual([3, 4, 21]);
  },
);
