import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIST } from '../paths.ts';
import { runAnywhere } from '../run-anywhere.ts';
import type { Runtime } from '../runtime.ts';
import { NATIVE_PACKAGES } from '../server-payload.ts';
import type { Release } from '../version.ts';
import { WEB_PACKAGES } from '../web-files.ts';
import type { Component } from './component.ts';
import { makeCopyright } from './copyright.ts';
import { nativeComponents } from './native-components.ts';
import { nodeComponents } from './node-components.ts';
import { readNpmComponents } from './npm-components.ts';
import { makeSbom } from './sbom.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

/** Folders of the npm packages that the bundlers found to be in the programs. */
export interface BundledFolders {
  readonly agent: readonly string[];
  readonly server: readonly string[];
}

/** What each package is made of. */
export interface Contents {
  readonly agent: readonly Component[];
  readonly server: readonly Component[];
}

const DESCRIPTIONS = {
  agent: 'Agent of Proxmox Monitor, for the hosts that are watched',
  server: 'Server of Proxmox Monitor, with the dashboard',
} as const;

/** Asks better-sqlite3, in the folder that it is packed in. */
const SQLITE_VERSION =
  "console.log(new (require('better-sqlite3'))(':memory:').prepare('select sqlite_version()').pluck().get())";

/**
 * Finds out what is inside the packages of an architecture.
 * @param serverFolder laid out as it will be installed
 */
export async function readContents(
  runtime: Runtime,
  bundled: BundledFolders,
  serverFolder: string,
): Promise<Contents> {
  const ask = (script: string): Promise<string> =>
    runAnywhere(runtime.architecture, join(serverFolder, 'node'), ['-e', script], { cwd: serverFolder });
  const node = await nodeComponents(
    runtime,
    versions(await ask('console.log(JSON.stringify(process.versions))')),
  );
  const modules = [...NATIVE_PACKAGES, ...WEB_PACKAGES].map((name) => `node_modules/${name}`);
  const serverFolders = [...new Set([...bundled.server, ...modules])].sort();
  const native = await nativeComponents((await ask(SQLITE_VERSION)).trim());
  return {
    agent: [...node, ...(await readNpmComponents(bundled.agent))],
    server: [...node, ...native, ...(await readNpmComponents(serverFolders))],
  };
}

function versions(json: string): Record<string, string> {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`process.versions is ${json}`);
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
}

/** Writes the papers of both packages into the payload, and the bills of materials beside the packages too. */
export async function writeContents(
  contents: Contents,
  { architecture }: Runtime,
  { version, debianVersion, epochSeconds }: Release,
  payload: string,
): Promise<void> {
  await mkdir(DIST, { recursive: true });
  for (const part of ['agent', 'server'] as const) {
    const name = `proxmox-monitor-${part}`;
    const folder = join(payload, part);
    const components = contents[part];
    const subject = {
      name,
      version: debianVersion,
      architecture: architecture.debian,
      description: DESCRIPTIONS[part],
      epochSeconds,
    };
    const sbom = join(folder, 'sbom.cdx.json');
    await writeFile(sbom, makeSbom(subject, components));
    await copyFile(sbom, join(DIST, `${name}_${debianVersion}_${architecture.debian}.cdx.json`));
    await writeFile(join(folder, 'copyright'), await makeCopyright(name, components));
    await writeFile(
      join(folder, 'third-party-licenses'),
      await thirdPartyLicenses(`${name} ${version}`, components),
    );
  }
}
