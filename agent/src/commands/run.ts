import { startAgent } from '../agent.ts';
import { systemClock } from '../clock.ts';
import { collectors } from '../collectors/index.ts';
import { EXIT_INVALID_CONFIG, EXIT_NOT_CONFIGURED } from '../config/configured.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Config } from '../config/load.ts';
import { ConfigError } from '../errors.ts';
import { asTheAgentSees } from '../helper/as-the-agent-sees.ts';
import { Host, type Memories } from '../host.ts';
import { createLog, type Log } from '../log.ts';
import { Spool, spoolLimits } from '../outbox/spool.ts';
import { type Prepared, prepare } from '../prepare.ts';
import { FolderState } from '../state.ts';
import { systemTimers } from '../timers.ts';
import { VERSION } from '../version.ts';

export interface RunOptions {
  /** Path of agent.toml. */
  readonly config: string;
  /** `/`, or the folder of a recorded host. */
  readonly root: string;
}

/** Watches this host and reports to the server until a signal comes. */
export async function runAgent({ config, root }: RunOptions): Promise<number> {
  const environment = readEnvironment();
  const log = logOf(environment.underSystemd);
  const prepared = prepareOrTell(config, environment.credentialsFolder, log);
  if (prepared === undefined) return EXIT_INVALID_CONFIG;
  const { target, trust } = prepared;
  if (typeof target === 'string') {
    log.warn(target);
    return EXIT_NOT_CONFIGURED;
  }
  for (const warning of prepared.config.warnings) log.warn(warning);
  const stopping = untilSignal(log);
  log.info(`agent ${VERSION} starts`, { server: target.server.display, token: target.token.display });
  const agent = await startAgent({
    config: prepared.config,
    target,
    trust,
    collectors: asTheAgentSees(collectors),
    host: new Host(root, memoriesIn(environment.stateFolder, log)),
    spool: spoolIn(environment.stateFolder, prepared.config, log),
    clock: systemClock,
    timers: systemTimers,
    log,
    random: Math.random,
  });
  const signal = await stopping;
  log.info('agent stops', { signal });
  await agent.stop();
  return 0;
}

/** Started by hand, the agent remembers as long as it runs. */
function memoriesIn(stateFolder: string | undefined, log: Log): Memories {
  return stateFolder === undefined
    ? {}
    : { state: new FolderState(stateFolder, (problem) => log.warn(problem)) };
}

/** Where samples wait for a server that is away. Started by hand, the agent keeps them in memory. */
function spoolIn(stateFolder: string | undefined, { spool }: Config, log: Log): Spool | undefined {
  if (stateFolder === undefined || spool.megabytes === 0) return undefined;
  return new Spool(stateFolder, spoolLimits(spool.days, spool.megabytes), log);
}

/** The log of a command, on standard error: with priorities where systemd reads along. */
export function logOf(underSystemd: boolean): Log {
  return createLog((line) => process.stderr.write(line), underSystemd && !process.stderr.isTTY);
}

/** What `prepare` says, or undefined when the configuration cannot be used and the log says why. */
export function prepareOrTell(
  configFile: string,
  credentialsFolder: string | undefined,
  log: Log,
): Prepared | undefined {
  try {
    return prepare(configFile, credentialsFolder);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.message.split('\n')) log.error(problem);
    return undefined;
  }
}

function untilSignal(log: Log): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    process.on('SIGHUP', () => {
      if (process.stderr.isTTY) resolve('SIGHUP');
      else log.warn('the configuration is read at the start only: systemctl restart proxmox-monitor-agent');
    });
  });
}
