import { closeSync } from 'node:fs';
import { requirePutBack } from '../db/put-back.ts';
import { FINEST_TIERS } from '../db/schema-map.ts';
import { copyContent } from './content.ts';
import { explain } from './errors.ts';
import { type Packed, pack } from './packing.ts';

export interface BackupOptions {
  /** With the finest tiers too. */
  readonly full: boolean;
  /** What it may take at most. */
  readonly limitBytes: number;
}

export interface Backup extends Packed {
  readonly schema: number;
  readonly hosts: number;
  readonly seconds: number;
}

/**
 * Writes a checked, compressed copy of the database into a file, beside the running server.
 * @param to descriptor of the file, for writing and reading
 * @throws BackupError
 */
export async function writeBackup(databasePath: string, to: number, options: BackupOptions): Promise<Backup> {
  const begin = performance.now();
  requirePutBack(databasePath);
  const { descriptor, schema, rows } = copyContent(databasePath, options.full ? [] : FINEST_TIERS);
  try {
    const packed = await pack(descriptor, to, options.limitBytes);
    return { ...packed, schema, hosts: rows.get('host') ?? 0, seconds: (performance.now() - begin) / 1000 };
  } catch (error) {
    throw explain('the backup could not be written', error);
  } finally {
    closeSync(descriptor);
  }
}
