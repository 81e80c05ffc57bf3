import type { UpkeepDocument } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';

const TIMEOUT_MS = 10_000;
/** What a time service leaves in /run while it runs. */
const MARKS = [
  ['chrony', '/run/chrony/chronyd.pid'],
  ['systemd-timesyncd', '/run/systemd/timesync'],
  ['ntpsec', '/run/ntpd.pid'],
  ['openntpd', '/run/openntpd.pid'],
] as const;

/**
 * Whether the kernel's clock is kept by a time service, as timedatectl tells it of whichever service there is.
 * @throws ToolMissingError, ToolFailedError, TimeoutError, ParseError
 */
export async function readTimeSync(
  host: Host,
  signal: AbortSignal,
): Promise<NonNullable<UpkeepDocument['timeSync']>> {
  const text = await host.run('timedatectl', ['show', '--property=NTPSynchronized'], {
    timeoutMs: TIMEOUT_MS,
    signal,
    package: 'systemd',
  });
  const service = (
    await Promise.all(MARKS.map(async ([name, path]) => ((await host.has(path)) ? name : undefined)))
  ).find((name) => name !== undefined);
  return { isSynchronized: parseSynchronized(text), ...given({ service }) };
}

/** @throws ParseError when it is not `NTPSynchronized=yes` or `=no` */
export function parseSynchronized(text: string): boolean {
  const answer = /^NTPSynchronized=(yes|no)\s*$/m.exec(text)?.[1];
  if (answer === undefined) throw new ParseError('timedatectl did not say whether the clock is synchronized');
  return answer === 'yes';
}
