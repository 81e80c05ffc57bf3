import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectors } from '../../../agent/src/collectors/index.ts';
import { BUILD, REPOSITORY } from '../paths.ts';
import type { Release } from '../version.ts';
import { makeCompletion } from './completion.ts';
import { type CommandHelp, readHelp } from './help.ts';
import { completeManual } from './manual.ts';

/** The help of both programs, for their manual pages and completions. */
export type Helps = Readonly<Record<'agent' | 'server', CommandHelp>>;

/** @param code the bundled programs: they start ten times as fast as their sources */
export async function readHelps(code: Readonly<Record<'agent' | 'server', string>>): Promise<Helps> {
  // below the repository, whose node_modules has what the server's bundle leaves out
  const folder = join(BUILD, 'help');
  await mkdir(folder, { recursive: true });
  const [agent, server] = [join(folder, 'agent.cjs'), join(folder, 'server.mjs')];
  await writeFile(agent, code.agent);
  await writeFile(server, code.server);
  return { agent: await readHelp(agent), server: await readHelp(server) };
}

/** Writes manual page and completion of both programs into a payload. */
export async function writeManual(helps: Helps, release: Release, payload: string): Promise<void> {
  for (const part of ['agent', 'server'] as const) {
    const name = `proxmox-monitor-${part}`;
    await writeFile(join(payload, part, `${name}.1`), await manual(name, helps[part], release));
    const folder = join(payload, part, 'completion');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), completion(name, helps[part]));
  }
}

/** The manual page of a program. */
export async function manual(name: string, help: CommandHelp, release: Release): Promise<string> {
  const page = await readFile(join(REPOSITORY, 'debian', `${name}.1.in`), 'utf8');
  const date = new Date(release.epochSeconds * 1000).toISOString().slice(0, 10);
  return completeManual(page.replace('@DATE@', date).replace('@VERSION@', release.version), help);
}

/** The completion of a program, with the collectors where they are asked for. */
export function completion(name: string, help: CommandHelp): string {
  return makeCompletion(name, help, { '--only': collectors.map((collector) => collector.name) });
}
