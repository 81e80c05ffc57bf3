import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import lock from '../../package-lock.json' with { type: 'json' };
import { type Architecture, isForeign } from './architectures.ts';
import { BUILD, NODE_MODULES } from './paths.ts';
import { runProgram } from './program.ts';
import { NODE_SHA256, NODE_VERSION } from './runtime-pins.ts';

/** A Node of the pinned version, checked against its pin. */
export interface Runtime {
  readonly architecture: Architecture;
  readonly node: string;
  /** The licences of Node and of everything inside it. */
  readonly licenseFile: string;
}

/**
 * Finds the Node to pack: this machine's in node_modules, the other one in `build/runtime`, where it is fetched once.
 * @throws Error when a file is not the pinned one
 */
export async function findRuntime(architecture: Architecture): Promise<Runtime> {
  const folder = isForeign(architecture)
    ? join(BUILD, 'runtime', architecture.runtimePackage)
    : join(NODE_MODULES, architecture.runtimePackage);
  const node = join(folder, 'bin/node');
  if (isForeign(architecture) && !(await isPinned(node, architecture)))
    await fetchRuntime(architecture, folder);
  if (!(await isPinned(node, architecture))) {
    throw new Error(
      `${node} is not Node ${NODE_VERSION} for ${architecture.debian} as pinned in packaging/src/runtime-pins.ts. ` +
        `Remove ${folder} and try again.`,
    );
  }
  return { architecture, node, licenseFile: join(folder, 'LICENSE') };
}

async function isPinned(node: string, { debian }: Architecture): Promise<boolean> {
  return existsSync(node) && (await digest(node, 'sha256', 'hex')) === NODE_SHA256[debian];
}

async function fetchRuntime({ runtimePackage }: Architecture, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const wanted = `${runtimePackage}@${NODE_VERSION}`;
  await runProgram('npm', ['pack', wanted, '--silent', '--pack-destination', folder]);
  const tarball = join(folder, `${runtimePackage}-${NODE_VERSION}.tgz`);
  const integrity = `sha512-${await digest(tarball, 'sha512', 'base64')}`;
  if (integrity !== lock.packages[`node_modules/${runtimePackage}`].integrity) {
    throw new Error(`${wanted} from npm is not what package-lock.json pins: it has ${integrity}.`);
  }
  await runProgram('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1', '--no-same-owner']);
  await rm(tarball);
}

/** The digest of a file. */
export async function digest(
  file: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest(encoding);
}
