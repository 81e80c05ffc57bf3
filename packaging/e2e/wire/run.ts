import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../bed/command.ts';
import { PUBLIC_HOST, type Stage } from '../stage.ts';
import type { WireJob } from './main.ts';

/** Runs a job of wire/main.ts inside the bed's network; returns what it printed. */
export async function runWireJob(
  stage: Stage,
  task: WireJob['task'],
  tokens: readonly string[],
  seconds = 0,
): Promise<string> {
  const job: WireJob = {
    task,
    target: {
      address: stage.server.address,
      name: PUBLIC_HOST,
      authority: await readFile(stage.authority, 'utf8'),
    },
    tokens: [...tokens],
    seconds,
  };
  const program = join(import.meta.dirname, 'main.ts');
  return command('ip', ['netns', 'exec', stage.bed.network.hub, process.execPath, program], {
    input: JSON.stringify(job),
    timeoutMs: seconds * 1000 + 120_000,
  });
}
