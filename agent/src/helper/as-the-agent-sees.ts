import { type DocumentName, LIMITS } from '@proxmox-monitor/protocol';
import { systemClock } from '../clock.ts';
import { absent, type Collector, Relayed } from '../collector.ts';
import { inContainer } from '../collectors/container.ts';
import { formatDuration } from '../duration.ts';
import { ParseError } from '../errors.ts';
import type { Host } from '../host.ts';
import { HELPER_FOLDER, leftBehindName, parseLeftBehind } from './left-behind.ts';

/** Reading a small file of a file system in memory costs next to nothing. */
const EVERY_MS = 60_000;
const TIMEOUT_MS = 2_000;
/** What is older than this many intervals is old. */
const OLD_INTERVALS = 2.5;

const TIMER = 'systemctl status proxmox-monitor-agent-helper.timer';
const SERVICE = 'systemctl status proxmox-monitor-agent-helper.service';

/** The collectors as the unprivileged agent runs them: of those of the helper it reads what that left behind. */
export function asTheAgentSees(collectors: readonly Collector[]): Collector[] {
  return collectors.map((collector) => (collector.runsIn === 'helper' ? readingOf(collector) : collector));
}

function readingOf<Name extends DocumentName>({ name }: Collector<Name>): Collector<Name> {
  const path = `${HELPER_FOLDER}/${leftBehindName(name)}`;
  return {
    name,
    everyMs: EVERY_MS,
    timeoutMs: TIMEOUT_MS,
    async collect(host) {
      const text = await host.read(path);
      if (text === undefined) {
        return absent(await whyNothing(host));
      }
      const { source, document, everyMs } = parseLeftBehind(text);
      if (document === undefined && source.state === 'ok') {
        throw new ParseError('the helper saw something and did not leave it behind');
      }
      // A recorded host was recorded when its helper had just run.
      const ageMs = host.root === '/' ? systemClock.now() - source.checkedAtMs : 0;
      const isOld = Math.abs(ageMs) > OLD_INTERVALS * everyMs;
      if (!isOld) return new Relayed(document, source);
      return new Relayed(document, {
        ...source,
        state: 'stale',
        sinceMs: Math.min(source.checkedAtMs + everyMs, 8.64e15),
        reason: staleReason(ageMs, source.reason).slice(0, LIMITS.textLength),
      });
    },
    changeMark: async (host: Host) => String(await host.modifiedMs(path)),
  };
}

/** Where the helper comes from a package, its timer tells more. */
const TIMER_FILE = '/usr/lib/systemd/system/proxmox-monitor-agent-helper.timer';

async function whyNothing(host: Host): Promise<string> {
  if (await inContainer(host)) return 'inside a container: the helper has nothing to look at';
  return (await host.has(TIMER_FILE))
    ? `the helper has not run: ${TIMER}`
    : 'the helper, which may look at it, is not installed';
}

function staleReason(ageMs: number, reason: string | undefined): string {
  const why = reason === undefined ? '' : `; then: ${reason}`;
  if (ageMs < 0) return `the helper wrote it when the clock was ahead of now: ${SERVICE}${why}`;
  return `the helper last ran ${formatDuration(ageMs)} ago: ${SERVICE}${why}`;
}
