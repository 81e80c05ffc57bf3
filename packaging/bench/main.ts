import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../e2e/bed/command.ts';
import { provideImage } from '../e2e/bed/image.ts';
import { providePackages } from '../e2e/packages.ts';
import { parseArguments, USAGE } from './arguments.ts';
import type { BenchJob } from './inside.ts';
import { PEER_PACKAGES } from './peers.ts';
import { measureServer } from './server/measure-server.ts';

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? '/var/cache', 'proxmox-monitor-e2e');

async function main(argv: readonly string[]): Promise<number> {
  const options = parseArguments(argv);
  if (options.what === 'help') {
    console.log(USAGE);
    return 0;
  }
  if (options.what === 'agent' && process.getuid?.() !== 0)
    throw new Error('mounting needs root: run scripts/bench as root');
  const packages = await providePackages(ROOT, options.packages);
  // Not among the runs of scripts/e2e, which removes there what no test bed owns any more.
  await mkdir(join(CACHE, 'bench'), { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'bench/run-'));
  try {
    if (options.what === 'server') {
      await measureServer({ ...options, package: packages.server, folder });
      return 0;
    }
    const image = await provideImage(
      { suite: 'bookworm', packages: ['caddy', ...PEER_PACKAGES] },
      { cache: CACHE, scratch: folder, say: (line) => console.log(line) },
    );
    const standIn = join(folder, 'stand-in');
    const source = join(import.meta.dirname, 'replay/stand-in.c');
    await command('gcc', ['-O2', '-Wall', '-static', '-o', standIn, source]);
    return await runInside({ ...options, packages, folder, image, standIn });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Goes on in namespaces of its own: mounts and processes are gone with it whatever happens, and its network has nothing
 * but a loopback.
 */
async function runInside(job: BenchJob): Promise<number> {
  const child = spawn(
    'unshare',
    [
      '--mount',
      '--net',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      process.execPath,
      join(import.meta.dirname, 'inside.ts'),
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  child.stdin?.end(JSON.stringify(job));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => child.kill('SIGTERM'));
  await once(child, 'exit');
  return child.exitCode ?? 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
