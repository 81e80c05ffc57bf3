import type { HostDetail } from '../../../server/src/api/schema.ts';
import type { Report } from '../report.ts';
import type { Machine } from './machine.ts';
import type { HostDocuments, WatchedHost } from './watched-host.ts';

/** What the server must show after an event. */
export interface Shown {
  readonly withinSeconds: number;
  /** True once it is shown; what it returns otherwise is ignored. */
  isSo(documents: HostDocuments, host: HostDetail): boolean | undefined;
  /** What to print when it is not shown in time. */
  show(documents: HostDocuments, host: HostDetail): unknown;
}

/** Makes things happen in a machine and takes the time until the server shows them. */
export class TimedWatch {
  readonly machine: Machine;
  readonly host: WatchedHost;
  readonly #report: Report;
  readonly #label: string;
  readonly #rows: string[] = [];

  /** @param label of the figures: the release */
  constructor(report: Report, machine: Machine, host: WatchedHost, label: string) {
    this.machine = machine;
    this.host = host;
    this.#report = report;
    this.#label = label;
  }

  /** A check named `sentence`: runs a shell command in the machine, and takes the time from its end. */
  async follows(sentence: string, script: string, shown: Shown): Promise<void> {
    await this.#report.check(sentence, async () => {
      await this.machine.run(script);
      const seconds = await this.host.shows(sentence, shown.withinSeconds, shown.isSo, shown.show);
      this.#rows.push(`| ${sentence} | ${seconds.toFixed(1)} s | ${shown.withinSeconds} s |`);
      this.#report.figure(`${this.#label}: ${sentence}`, seconds);
    });
  }

  /** Rows of a table: the event, the time until it was shown, the time that it was given. */
  rows(): readonly string[] {
    return this.#rows;
  }
}
