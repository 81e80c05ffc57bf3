import { join } from 'node:path';
import { command } from '../../bed/command.ts';
import type { Packages } from '../../packages.ts';
import { previousPackages } from '../../previous-release.ts';
import { addMigration, repack, setProgramVersion } from '../../repack.ts';
import type { Scene } from '../../stage.ts';
import type { Part } from './machine.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** The packages of the previous release. */
export function previousOf({ packages, bed }: Scene): Promise<Packages> {
  return previousPackages(ROOT, packages, bed.workshop);
}

/** Both releases of Debian try the same variant: it is made once in a run. */
const made = new Map<string, Promise<string>>();

/** Another package made of the one under test; `version` tells it from all other variants. */
export function variantOf(
  { packages, bed }: Scene,
  part: Part,
  version: string,
  edit?: (folder: string) => Promise<void>,
): Promise<string> {
  const key = `${part} ${version}`;
  const deb =
    made.get(key) ??
    repack(packages[part], {
      version,
      into: join(bed.folder, 'variants'),
      ...(edit === undefined ? {} : { edit }),
    });
  made.set(key, deb);
  return deb;
}

/** A server's package that is newer by one migration, in the program as in the package. */
export function migratingServer(scene: Scene, version: string, up: string): Promise<string> {
  return variantOf(scene, 'server', version, async (folder) => {
    await addMigration(folder, up, 'DROP TABLE of_a_test;\n');
    await setProgramVersion(folder, scene.packages.version.replace('~', '-'), version);
  });
}

/** How many migrations a server's package holds. */
export async function schemaOf(deb: string): Promise<number> {
  const listing = await command('dpkg-deb', ['--contents', deb]);
  return (listing.match(/migrations\/\d{4}-.*\.up\.sql$/gm) ?? []).length;
}
