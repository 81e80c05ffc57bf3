import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { command } from '../e2e/bed/command.ts';
import type { Packages } from '../e2e/packages.ts';
import type { Arguments } from './arguments.ts';
import { measure } from './measure.ts';
import { tracePrograms } from './programs.ts';
import { ReplayedHost } from './replay/replayed-host.ts';
import { installAgent, layOver, startServer } from './stage.ts';

/** What main.ts prepared, on standard input. This part runs in namespaces of its own. */
export interface BenchJob extends Omit<Arguments, 'packages'> {
  readonly packages: Packages;
  readonly folder: string;
  readonly image: string;
  readonly standIn: string;
}

async function run(job: BenchJob): Promise<void> {
  const { folder, image, packages } = job;
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  await command('ip', ['link', 'set', 'lo', 'up']);
  const server = await startServer(await layOver(image, join(folder, 'server')), packages, logs);
  const host = await ReplayedHost.lay(await layOver(image, join(folder, 'host')), job.standIn);
  await installAgent(host.root, packages, server);
  host.start();
  try {
    if (job.programs) await tracePrograms(host, job.minutes, logs);
    else await measure(host, job, logs);
  } finally {
    host.stop();
    for (const daemon of server.daemons) await daemon.stop();
  }
}

// Written by main.ts, of the same version.
const job: BenchJob = JSON.parse(await text(process.stdin));
process.once('SIGTERM', () => process.exit(130));
await run(job);
