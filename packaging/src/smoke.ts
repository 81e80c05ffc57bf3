import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from './architectures.ts';
import { runAnywhere } from './run-anywhere.ts';

/** @throws Error when the executable does not start, is of another version or collects nothing */
export async function smokeAgent(
  architecture: Architecture,
  executable: string,
  version: string,
): Promise<void> {
  const printed = (await runAnywhere(architecture, executable, ['--version'])).trim();
  if (printed !== version)
    throw new Error(`${executable} --version prints ${printed} instead of ${version}.`);
  const document: unknown = JSON.parse(
    await runAnywhere(architecture, executable, ['collect', '--only', 'load']),
  );
  if (!JSON.stringify(document).includes('"load"')) {
    throw new Error(`${executable} collect --only load has no load in it: ${JSON.stringify(document)}`);
  }
}

/** Loads both native modules and uses them. */
const USE_NATIVE_MODULES = `
  const Database = require('better-sqlite3');
  const { version } = new Database(':memory:').prepare('select sqlite_version() as version').get();
  require('argon2').hash('x', { memoryCost: 1024, timeCost: 2, parallelism: 1 }).then((hash) => console.log(version, hash));
`;

/** @throws Error when the server does not start, is of another version, or cannot make its database */
export async function smokeServer(
  architecture: Architecture,
  folder: string,
  version: string,
): Promise<void> {
  const node = join(folder, 'node');
  const native = await runAnywhere(architecture, node, ['-e', USE_NATIVE_MODULES], { cwd: folder });
  if (!/^\d+\.\d+\.\d+ \$argon2id\$/.test(native)) throw new Error(`The native modules answer ${native}`);
  const server = join(folder, 'server.mjs');
  const printed = (await runAnywhere(architecture, node, [server, '--version'])).trim();
  if (printed !== version) throw new Error(`${server} --version prints ${printed} instead of ${version}.`);
  const scratch = await mkdtemp(join(tmpdir(), 'proxmox-monitor-build-'));
  try {
    const env = { DATABASE_PATH: join(scratch, 'monitor.db') };
    await runAnywhere(architecture, node, [server, 'migrate'], { env });
  } finally {
    await rm(scratch, { recursive: true });
  }
}
