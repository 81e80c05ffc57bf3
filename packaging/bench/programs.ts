import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attempt } from '../e2e/bed/command.ts';
import { Daemon } from './daemon.ts';
import type { ReplayedHost } from './replay/replayed-host.ts';
import { AGENT, AGENT_USER, HELPER_CALL, HELPER_USER } from './stage.ts';

const STRACE = [
  'strace',
  '--follow-forks',
  '--trace=execve',
  '--string-limit=8192',
  '-qq',
  '--signal=none',
  '--output',
];

/** Prints every program that agent and helper start on the host, with its arguments, and how often. */
export async function tracePrograms(host: ReplayedHost, minutes: number, logs: string): Promise<void> {
  const helperTrace = join(logs, 'helper.strace');
  const trace = async (): Promise<void> => {
    const { code, stderr } = await attempt('strace', [
      ...STRACE.slice(1),
      helperTrace,
      'chroot',
      `--userspec=${HELPER_USER}`,
      host.root,
      ...HELPER_CALL,
    ]);
    if (code !== 0) throw new Error(`the helper failed:\n${stderr}`);
  };
  await trace();
  const agentTrace = join(logs, 'agent.strace');
  const agent = new TracedAgent(host.root, agentTrace, join(logs, 'agent.log'));
  try {
    console.log(`tracing for ${minutes} min`);
    await pause(minutes * 60_000);
  } finally {
    await agent.stop();
  }
  for (const [name, file] of [
    ['agent', agentTrace],
    ['helper', helperTrace],
  ] as const) {
    console.log(`\n${name}:`);
    for (const [call, count] of countCalls(readFileSync(file, 'utf8')))
      console.log(`${String(count).padStart(6)}  ${call}`);
  }
}

class TracedAgent extends Daemon {
  constructor(root: string, trace: string, log: string) {
    void AGENT_USER;
    super(
      'agent',
      '/',
      '0:0',
      [...STRACE, trace, 'chroot', `--userspec=${AGENT_USER}`, root, AGENT, 'run'],
      log,
    );
  }
}

/** Calls that `strace -f -e trace=execve` recorded, those that failed left out, by how often. */
export function countCalls(trace: string): [call: string, count: number][] {
  const counts = new Map<string, number>();
  for (const line of trace.split('\n')) {
    const match = /execve\("([^"]*)", \[(.*?)\], 0x[0-9a-f]+.*\) = 0$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const args = [...match[2].matchAll(/"((?:[^"\\]|\\.)*)"/g)]
      .slice(1)
      .map(([, arg]) => (arg === '' ? "''" : arg));
    const call = [match[1], ...args].join(' ');
    counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
}
