import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Architecture } from './architectures.ts';
import { NODE_MODULES, REPOSITORY } from './paths.ts';
import type { Runtime } from './runtime.ts';
import { stripFile, stripRuntime } from './strip.ts';

/**
 * What the modules with native code need when they run, in node_modules. Their `.node` files were built by their
 * authors and are pinned by package-lock.json; only the one of this architecture and of glibc is packed.
 */
function nativeFiles({ node }: Architecture): readonly string[] {
  const argon2 = node === 'arm64' ? 'argon2.armv8.glibc.node' : 'argon2.glibc.node';
  return [
    'better-sqlite3/package.json',
    'better-sqlite3/lib',
    `better-sqlite3/prebuilds/linux-${node}.node`,
    'argon2/package.json',
    'argon2/argon2.cjs',
    `argon2/prebuilds/linux-${node}/${argon2}`,
    '@phc/format/package.json',
    '@phc/format/index.js',
    'node-gyp-build/package.json',
    'node-gyp-build/index.js',
    'node-gyp-build/node-gyp-build.js',
  ];
}

/** npm packages among them, for the list of licences. */
export const NATIVE_PACKAGES = ['better-sqlite3', 'argon2', '@phc/format', 'node-gyp-build'] as const;

/**
 * Lays out `/usr/lib/proxmox-monitor-server`.
 * @param web folder with the built dashboard
 */
export async function layOutServer(
  runtime: Runtime,
  code: string,
  web: string,
  target: string,
): Promise<void> {
  await mkdir(target, { recursive: true });
  await stripRuntime(runtime, join(target, 'node'));
  await writeFile(join(target, 'server.mjs'), code);
  await cp(web, join(target, 'web'), { recursive: true });
  await cp(join(REPOSITORY, 'server/migrations'), join(target, 'migrations'), { recursive: true });
  for (const file of nativeFiles(runtime.architecture)) {
    const to = join(target, 'node_modules', file);
    await mkdir(dirname(to), { recursive: true });
    if (file.endsWith('.node')) await stripFile(runtime.architecture, join(NODE_MODULES, file), to);
    else await cp(join(NODE_MODULES, file), to, { recursive: true });
  }
}
