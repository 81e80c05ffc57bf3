import { chroot } from './life-chroot.ts';
import { conffiles } from './life-conffiles.ts';
import { decisions } from './life-decisions.ts';
import { downgrade } from './life-downgrade.ts';
import { failingMigration } from './life-failing-migration.ts';
import { fullDisk } from './life-full-disk.ts';
import { helper } from './life-helper.ts';
import { install } from './life-install.ts';
import { interrupted } from './life-interrupted.ts';
import { upgradeOrder } from './life-order.ts';
import { powerCut } from './life-power-cut.ts';
import { purge } from './life-purge.ts';
import { remove } from './life-remove.ts';
import { upgrade } from './life-upgrade.ts';
import type { PackagePath } from './path.ts';

/** From the first installation to the last file. */
export const LIFE_PATHS: readonly PackagePath[] = [
  install,
  helper,
  upgrade,
  upgradeOrder,
  conffiles,
  decisions,
  downgrade,
  failingMigration,
  fullDisk,
  interrupted,
  powerCut,
  chroot,
  remove,
  purge,
];
