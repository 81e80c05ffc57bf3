import { type DocumentName, LIMITS } from '@proxmox-monitor/protocol';
import { systemClock } from '../clock.ts';
import { absent, type Collector, Relayed } from '../collector.ts';
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
        reason: (await staleReason(host, ageMs, source.reason)).slice(0, LIMITS.textLength),
      });
    },
    changeMark: async (host: Host) => String(await host.modifiedMs(path)),
  };
}

/** Where the helper comes from a package, its timer tells more. */
const TIMER_FILE = '/usr/lib/systemd/system/proxmox-monitor-agent-helper.timer';

async function whyNothing(host: Host): Promise<string> {
  const off = await switchedOff(host);
  if (off !== undefined) return off;
  return (await host.has(TIMER_FILE))
    ? `the helper has not run: ${TIMER}`
    : 'the helper, which may look at it, is not installed';
}

/** Made when the timer is enabled, as the package does. */
const ENABLED = '/etc/systemd/system/timers.target.wants/proxmox-monitor-agent-helper.timer';

/** What the administrator who switched the helper off is told, should they have forgotten; undefined when it is on. */
async function switchedOff(host: Host): Promise<string | undefined> {
  for (const unit of ['proxmox-monitor-agent-helper.service', 'proxmox-monitor-agent-helper.timer']) {
    const target = await host.link(`/etc/systemd/system/${unit}`).catch(() => undefined);
    if (target === '/dev/null') return `the helper is masked: systemctl unmask ${unit}`;
  }
  const isEnabled = (await host.link(ENABLED).catch(() => undefined)) !== undefined;
  if (isEnabled || !(await host.has(TIMER_FILE))) return undefined;
  return 'the helper is switched off: systemctl enable --now proxmox-monitor-agent-helper.timer proxmox-monitor-agent-helper.path';
}

async function staleReason(host: Host, ageMs: number, reason: string | undefined): Promise<string> {
  const why = reason === undefined ? '' : `; then: ${reason}`;
  if (ageMs < 0) return `the helper wrote it when the clock was ahead of now: ${SERVICE}${why}`;
  const hint = (await switchedOff(host)) ?? SERVICE;
  return `the helper last ran ${formatDuration(ageMs)} ago: ${hint}${why}`;
}
