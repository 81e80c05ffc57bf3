import type { Source } from '@proxmox-monitor/protocol';
import { formatDuration } from './duration.ts';
import type { Log } from './log.ts';

/** Tells the log when a source goes and when it comes back. A source that is absent from the start is no news. */
export class SourceReport {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  changed(name: string, before: Source | undefined, now: Source): void {
    if (before?.state === now.state) return;
    const reason = now.reason === undefined ? '' : `: ${now.reason}`;
    switch (now.state) {
      case 'failed':
      case 'stuck':
      case 'stale':
        this.#log.warn(`source ${name} ${now.state}${reason}`);
        break;
      case 'absent':
        if (before !== undefined) this.#log.info(`source ${name} is not there any more${reason}`);
        break;
      case 'ok':
        if (before?.state === 'absent') this.#log.info(`source ${name} is there now`);
        else if (before !== undefined) {
          this.#log.info(`source ${name} ok again after ${formatDuration(now.sinceMs - before.sinceMs)}`);
        }
    }
  }
}
