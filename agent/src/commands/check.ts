import { statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { collectors } from '../collectors/index.ts';
import { EXIT_INVALID_CONFIG, EXIT_NOT_CONFIGURED, type Target } from '../config/configured.ts';
import { DEFAULT_STATE_FOLDER, readEnvironment } from '../config/environment.ts';
import type { Config } from '../config/load.ts';
import { formatDuration } from '../duration.ts';
import { ConfigError } from '../errors.ts';
import { asTheAgentSees } from '../helper/as-the-agent-sees.ts';
import { Host } from '../host.ts';
import { explain } from '../link/explain.ts';
import { askAboutToken, describeConnection, matchedPin, reach, resolveName } from '../link/probe.ts';
import { describeError, formatLine, type Log } from '../log.ts';
import { SPOOL_FILE } from '../outbox/spool.ts';
import { type Prepared, prepare } from '../prepare.ts';
import { runOnce } from '../run-once.ts';
import { effectiveConfig } from './config.ts';
import { logOf } from './run.ts';

export interface CheckOptions {
  /** Path of agent.toml. */
  readonly config: string;
  /** `/`, or the folder of a recorded host. */
  readonly root: string;
  /** Only the configuration: no network, no sources. */
  readonly offline: boolean;
  /** Nothing is printed when all is well, and one line when it is not. For systemd's ExecCondition=. */
  readonly quiet: boolean;
}

type Verdict = 'ok' | 'FAIL' | 'warn' | 'skip' | '';

/** Says line by line whether the agent would work here. 0 only if it would. */
export async function runCheck(options: CheckOptions): Promise<number> {
  const environment = readEnvironment();
  const say = options.quiet ? complain(logOf(environment.underSystemd)) : print;
  let prepared: Prepared;
  try {
    prepared = prepare(options.config, environment.credentialsFolder);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.message.split('\n')) say('FAIL', 'config', problem);
    return EXIT_INVALID_CONFIG;
  }
  say('ok', 'config', prepared.config.file);
  for (const line of effectiveConfig(prepared)) say('', '', line);
  for (const warning of prepared.config.warnings) say('warn', 'config', warning);
  const { target } = prepared;
  if (typeof target === 'string') {
    say('FAIL', 'config', target);
    return EXIT_NOT_CONFIGURED;
  }
  if (options.offline) return 0;
  checkSpool(prepared.config, environment.stateFolder ?? DEFAULT_STATE_FOLDER, say);
  const reaches = await checkServer(target, prepared, say);
  await checkSources(prepared, new Host(options.root), say);
  say('', '', reaches ? 'The agent works with this.' : 'The agent does not work with this: see FAIL above.');
  return reaches ? 0 : 1;
}

type Say = (verdict: Verdict, what: string, detail: string) => void;

function print(verdict: Verdict, what: string, detail: string): void {
  process.stdout.write(`${verdict.padEnd(5)} ${formatLine(`${what.padEnd(12)} ${detail}`, {})}\n`);
}

/** Only what is wrong, as a line of the journal: `systemctl status` shows it. */
function complain(log: Log): Say {
  return (verdict, _, detail) => {
    if (verdict === 'FAIL') log.warn(detail);
  };
}

async function checkServer(target: Target, { trust }: Prepared, say: Say): Promise<boolean> {
  const { server } = target;
  let step = 'name';
  try {
    say('ok', step, `${server.hostname} is ${(await resolveName(server)).join(', ')}`);
    step = server.secure ? 'TLS' : 'connection';
    const socket = await reach(server, trust);
    say('ok', step, describeConnection(socket));
    const pin = matchedPin(socket, trust.pins);
    if (pin !== undefined) say('ok', 'pin', `sha256/${pin}`);
    step = 'token';
    const serverTimeMs = await askAboutToken(target, socket);
    say('ok', step, `${target.token.display} is accepted by ${server.display}`);
    checkClock(serverTimeMs, say);
    return true;
  } catch (error) {
    say('FAIL', step, explain(error, { server, trust, nowMs: systemClock.now() }).sentence);
    return false;
  }
}

/** What waits for the server. Only the file is looked at: it belongs to the service, which may be running. */
function checkSpool({ spool }: Config, folder: string, say: Say): void {
  if (spool.megabytes === 0) {
    say('skip', 'spool', 'nothing is kept on disk: spool.megabytes is 0');
    return;
  }
  try {
    const found = statSync(join(folder, SPOOL_FILE), { throwIfNoEntry: false });
    const mebibytes = ((found?.size ?? 0) / 1024 / 1024).toFixed(1);
    const holds = found === undefined ? 'nothing waits' : `${mebibytes} MiB of samples wait for the server`;
    say('ok', 'spool', `${holds} in ${folder}; at most ${spool.days} days or ${spool.megabytes} MiB`);
  } catch (error) {
    say('skip', 'spool', `${folder} cannot be looked at (${describeError(error)}): ask as root`);
  }
}

/** How far the clocks may be apart: what is older or younger is hard to read on the dashboard. */
const MAX_SKEW_MS = 120_000;

function checkClock(serverTimeMs: number | undefined, say: Say): void {
  if (serverTimeMs === undefined) {
    say('skip', 'clock', 'the server does not say what time it is');
    return;
  }
  const skewMs = systemClock.now() - serverTimeMs;
  // The server's time comes in whole seconds.
  const isSame = Math.abs(skewMs) < 2_000;
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  const apart = isSame ? "as the server's" : `${formatDuration(skewMs)} ${direction} the server's`;
  if (Math.abs(skewMs) <= MAX_SKEW_MS) say('ok', 'clock', apart);
  else say('warn', 'clock', `${apart}: check time synchronisation (timedatectl)`);
}

async function checkSources({ config }: Prepared, host: Host, say: Say): Promise<void> {
  for (const collector of asTheAgentSees(collectors)) {
    if (config.disabledCollectors.has(collector.name)) {
      say('skip', collector.name, 'disabled');
      continue;
    }
    const { source } = await runOnce(collector, host, systemClock);
    const reason = source.reason === undefined ? '' : `: ${source.reason}`;
    const isFine = source.state === 'ok' || source.state === 'absent';
    say(
      isFine ? 'ok' : 'warn',
      collector.name,
      `${source.state === 'ok' ? 'is here' : source.state}${reason}`,
    );
  }
}
