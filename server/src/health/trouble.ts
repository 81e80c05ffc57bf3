import type { ServerTrouble } from '../api/schema.ts';
import type { StorageHealth } from '../ingest/committer.ts';

/** What keeps the server from storing, in words for whoever looks at the dashboard; undefined when nothing does. */
export function troubleOf(health: StorageHealth): ServerTrouble | undefined {
  switch (health.state) {
    case 'ok':
      return undefined;
    case 'failing':
      return {
        kind: 'failing',
        sinceMs: Math.round(health.sinceMs),
        sentence: `Samples cannot be stored: ${health.reason}`,
      };
    case 'damaged':
      return {
        kind: 'damaged',
        sinceMs: Math.round(health.sinceMs),
        sentence: `The database is damaged (${health.reason}). Nothing is written to it, and agents keep their samples. Restore a backup: ${health.command}`,
      };
  }
}
