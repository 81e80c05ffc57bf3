import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const Asset = Type.String({ pattern: '^assets/[A-Za-z0-9_.-]+$' });

/** manifest.json of the built dashboard: which file carries which content today. */
const Manifest = Type.Object({ 'main.js': Asset, 'app.css': Asset, 'theme.js': Asset });
export type Manifest = Static<typeof Manifest>;

/** Where the built dashboard is. Read again when it was built again, so that a running server follows. */
export class WebFiles {
  readonly folder: string;
  #manifest: Manifest | undefined;
  #readAtMs = -1;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined as long as the dashboard is not built, or not whole. */
  manifest(): Manifest | undefined {
    const path = join(this.folder, 'manifest.json');
    const changedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAtMs === undefined) return undefined;
    if (changedAtMs !== this.#readAtMs) {
      this.#manifest = readManifest(path);
      this.#readAtMs = changedAtMs;
    }
    return this.#manifest;
  }
}

function readManifest(path: string): Manifest | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Value.Check(Manifest, found) ? found : undefined;
  } catch {
    // half written, by a build that is running: the next request looks again
    return undefined;
  }
}
