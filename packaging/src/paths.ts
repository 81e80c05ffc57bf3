import { join, resolve } from 'node:path';
import type { Architecture } from './architectures.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../..');
export const BUILD = join(REPOSITORY, 'build');
export const DIST = join(REPOSITORY, 'dist');
export const NODE_MODULES = join(REPOSITORY, 'node_modules');

/** What debian/rules packs for an architecture. */
export function payloadFolder(architecture: Architecture): string {
  return join(BUILD, 'payload', architecture.debian);
}
