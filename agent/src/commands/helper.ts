import { mkdirSync } from 'node:fs';
import { fits, type Source } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';
import { systemClock } from '../clock.ts';
import type { Collector } from '../collector.ts';
import { collectors } from '../collectors/index.ts';
import { EXIT_INVALID_CONFIG } from '../config/configured.ts';
import { readEnvironment } from '../config/environment.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { ConfigError } from '../errors.ts';
import { inherit, type Straggler, stragglers } from '../exec.ts';
import { formatLeftBehind, leftBehindName, parseLeftBehind } from '../helper/left-behind.ts';
import { Host } from '../host.ts';
import { describeError, type Log } from '../log.ts';
import { runOnce } from '../run-once.ts';
import { SourceReport } from '../source-report.ts';
import { FolderState, type State, writeAtomically } from '../state.ts';
import { logOf } from './run.ts';

const EXIT_USAGE = 2;
/** Root writes, and the group of the agent reads. */
const FILE_MODE = 0o640;
/** What has less than this share of its interval behind it can wait: the timer comes a little early or late. */
const DUE_SHARE = 0.75;
const STRAGGLERS_NAME = 'stragglers.json';
/** While one source is slow, the marks of the others are looked at this often. */
const RELOOK_MS = 20_000;

export interface HelperOptions {
  /** Names of collectors that run whether they are due or not. Empty for all that are due. */
  readonly only: readonly string[];
  /** What is remembered across reboots. */
  readonly state: string;
  /** Where documents are left. */
  readonly output: string;
  /** Path of agent.toml. */
  readonly config: string;
  /** `/`, or the folder of a recorded host. */
  readonly root: string;
}

/**
 * Runs the collectors that need root once, and leaves what each saw in a file of its own. A source that failed is told
 * in its file and is no failure of the command. 0 when every file was written.
 * @param relookMs how often, while one collector is slow, the change marks of the others are looked at
 */
export async function runHelper(
  { only, state, output, config, root }: HelperOptions,
  relookMs = RELOOK_MS,
): Promise<number> {
  const log = logOf(readEnvironment().underSystemd);
  const mine = collectors.filter(({ runsIn }) => runsIn === 'helper');
  const unknown = only.filter((name) => !mine.some((collector) => collector.name === name));
  if (unknown.length > 0) {
    log.error(
      `the helper has no "${unknown.join('", "')}"; it has ${mine.map(({ name }) => name).join(', ')}`,
    );
    return EXIT_USAGE;
  }
  let settings: Config;
  try {
    settings = loadConfig(
      config,
      collectors.map(({ name }) => name),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.message.split('\n')) log.error(problem);
    return EXIT_INVALID_CONFIG;
  }
  mkdirSync(output, { recursive: true, mode: 0o750 });
  const untilReboot = new FolderState(output, (problem) => log.warn(problem));
  inherit(parseStragglers(await untilReboot.read(STRAGGLERS_NAME)));
  const host = new Host(root, { state: new FolderState(state, (problem) => log.warn(problem)), untilReboot });
  const chosen = mine.filter(
    ({ name }) => !settings.disabledCollectors.has(name) && (only.length === 0 || only.includes(name)),
  );
  const parts: Look = {
    host,
    output,
    log,
    untilReboot,
    isForced: only.length > 0,
    everyMs: settings.everyMs,
  };
  const isWritten = await lookUntilNothingChanges(chosen, parts, relookMs);
  await untilReboot.write(STRAGGLERS_NAME, JSON.stringify(stragglers()));
  return isWritten ? 0 : 1;
}

/**
 * Runs each collector that is due, and again while others are still at work those whose change mark has changed: what
 * starts this command is not noticed while it runs. The last look at the marks is after the last one has ended.
 */
async function lookUntilNothingChanges(
  chosen: readonly Collector[],
  parts: Look,
  relookMs: number,
): Promise<boolean> {
  let isWritten = true;
  const running = new Map<Collector, Promise<void>>();
  const start = (collector: Collector, isForced: boolean): void => {
    const look = lookAt(collector, { ...parts, isForced }).then((isDone) => {
      isWritten &&= isDone;
      running.delete(collector);
    });
    running.set(collector, look);
  };
  const startChanged = (): void => {
    for (const collector of chosen) {
      if (collector.changeMark !== undefined && !running.has(collector)) start(collector, false);
    }
  };
  for (const collector of chosen) start(collector, parts.isForced);
  while (running.size > 0) {
    let again: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      again = setTimeout(resolve, relookMs);
    });
    await Promise.race([Promise.all(running.values()), late]);
    clearTimeout(again);
    if (running.size > 0) startChanged();
  }
  startChanged();
  await Promise.all(running.values());
  return isWritten;
}

interface Look {
  readonly host: Host;
  readonly output: string;
  readonly log: Log;
  readonly untilReboot: State;
  readonly isForced: boolean;
  readonly everyMs: ReadonlyMap<string, number>;
}

/** Runs a collector when it is due, and says whether all went well but for its source. */
async function lookAt(
  collector: Collector,
  { host, output, log, untilReboot, isForced, everyMs }: Look,
): Promise<boolean> {
  const { name } = collector;
  const previous = previousOf(await untilReboot.read(leftBehindName(name)));
  const mark = await collector.changeMark?.(host).catch(() => undefined);
  // No more often than the timer comes.
  const interval = Math.max(everyMs.get(name) ?? collector.everyMs, collector.everyMs);
  const ageMs =
    previous === undefined ? Number.POSITIVE_INFINITY : systemClock.now() - previous.source.checkedAtMs;
  const isFresh = ageMs >= 0 && ageMs < DUE_SHARE * interval && previous?.mark === mark;
  if (isFresh && !isForced) return true;
  const { document, source } = await runOnce(collector, host, systemClock, previous?.source);
  new SourceReport(log).changed(name, previous?.source, source);
  try {
    const text = formatLeftBehind({ everyMs: interval, source, document, mark });
    await writeAtomically(`${output}/${leftBehindName(name)}`, text, FILE_MODE);
    return true;
  } catch (error) {
    log.error(`what ${name} says cannot be left for the agent: ${describeError(error)}`);
    return false;
  }
}

function previousOf(
  text: string | undefined,
): { readonly source: Source; readonly mark?: string | undefined } | undefined {
  if (text === undefined) return undefined;
  try {
    return parseLeftBehind(text);
  } catch {
    // Written by an agent of another version, or damaged; this run replaces it.
    return undefined;
  }
}

const Stragglers = Type.Array(
  Type.Object({
    key: Type.String(),
    pid: Type.Integer({ minimum: 1 }),
    startTicks: Type.Number({ minimum: 0 }),
  }),
);

function parseStragglers(text: string | undefined): Straggler[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return fits(Stragglers, value) ? value : [];
  } catch {
    return [];
  }
}
