import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { thirdParty } from '../testing/recorded-host.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/smart');

/** What smartctl printed of one disk, with what must be made of it. */
export interface RecordedDisk {
  readonly name: string;
  /** Undefined where the recordings of other projects are not. */
  readonly text: string | undefined;
  readonly facts: unknown;
}

/** The text of a file of `agent/fixtures/smart`. */
export function recorded(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

/** Every disk of `facts.txt`. */
export function recordedDisks(): RecordedDisk[] {
  return recorded('facts.txt')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const end = line.indexOf(': ');
      const name = line.slice(0, end);
      const text = name.startsWith('third-party/')
        ? thirdParty(name.slice('third-party/'.length))
        : recorded(name);
      return { name, text, facts: JSON.parse(line.slice(end + 2)) };
    });
}

/** Recordings of disks that there are: all but those of scans. */
export function namesOfRecordings(): string[] {
  const own = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
  const thirdPartyFolder = join(import.meta.dirname, '../../../../shared/fixtures/third-party/smart');
  const others = existsSync(thirdPartyFolder)
    ? readdirSync(thirdPartyFolder).map((name) => `third-party/smart/${name}`)
    : [];
  return [...own, ...others].filter((name) => name.endsWith('.json') && !/(^|\/|-)scan[.-]/.test(name));
}
