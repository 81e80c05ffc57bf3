import { LIMITS, type UpkeepDocument } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';

type Update = NonNullable<UpkeepDocument['updates']>['packages'][number];

const MAX_PACKAGES = 200;
/**
 * `Inst NAME [INSTALLED] (CANDIDATE ORIGIN:VERSION/ARCHIVE, … [ARCHITECTURE]) [DEPENDS]`; no INSTALLED when the package
 * is new. Origins: "Debian-Security:12/oldstable-security".
 */
const INSTALLATION = /^Inst (\S+) (?:\[([^\]]+)\] )?\((\S+)([^[)]*)(?:\[[^\]]*\])?\)/;

/** Gathers, line by line, what `apt-get --simulate dist-upgrade` would install. */
export class AptSimulation {
  readonly #updates: Update[] = [];
  /** How many it said there would be, before the first of them. */
  #announced: number | undefined;

  /** @throws ParseError for an installation that is written in another way */
  take(line: string): void {
    const [, upgraded, added] = /^(\d{1,6}) upgraded, (\d{1,6}) newly installed, /.exec(line) ?? [];
    if (upgraded !== undefined && added !== undefined) this.#announced = Number(upgraded) + Number(added);
    if (!line.startsWith('Inst ')) return;
    const [, name, installed, version, origins = ''] = INSTALLATION.exec(line) ?? [];
    if (name === undefined || version === undefined || name.length > LIMITS.nameLength) {
      throw new ParseError(`apt-get printed "${line.slice(0, 80)}"`);
    }
    this.#updates.push({
      name,
      version: version.slice(0, LIMITS.nameLength),
      isSecurity: /security/i.test(origins),
      ...given({ installedVersion: installed?.slice(0, LIMITS.nameLength) }),
    });
  }

  /**
   * What it comes to: security first, then by name.
   * @throws ParseError when apt-get ended before it had named all
   */
  end(): Pick<NonNullable<UpkeepDocument['updates']>, 'count' | 'securityCount' | 'packages'> {
    if (this.#announced === undefined || this.#updates.length < this.#announced) {
      throw new ParseError('apt-get ended before it had named all upgrades');
    }
    const sorted = this.#updates.toSorted(
      (one, other) => Number(other.isSecurity) - Number(one.isSecurity) || (one.name < other.name ? -1 : 1),
    );
    return {
      count: sorted.length,
      securityCount: sorted.filter(({ isSecurity }) => isSecurity).length,
      packages: sorted.slice(0, MAX_PACKAGES),
    };
  }
}
