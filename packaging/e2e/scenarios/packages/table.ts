/** How one path went on one release. */
export interface Outcome {
  readonly path: string;
  readonly release: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** A row for each path and a column for each release. What was not played says so: nothing is left out in silence. */
export function table(
  paths: readonly string[],
  releases: readonly string[],
  outcomes: readonly Outcome[],
): string[] {
  const width = Math.max(...paths.map((path) => path.length), 'path'.length);
  const cell = (path: string, release: string): string => {
    const outcome = outcomes.find((one) => one.path === path && one.release === release);
    if (outcome === undefined) return 'NOT PLAYED'.padEnd(CELL_WIDTH);
    const verdict = outcome.ok ? 'ok' : 'FAIL';
    return `${verdict.padEnd(4)} ${`${outcome.seconds.toFixed(0)} s`.padStart(6)}`.padEnd(CELL_WIDTH);
  };
  return [
    [`path`.padEnd(width), ...releases.map((release) => release.padEnd(CELL_WIDTH))],
    ...paths.map((path) => [path.padEnd(width), ...releases.map((release) => cell(path, release))]),
  ].map((cells) => cells.join('  ').trimEnd());
}

const CELL_WIDTH = 11;
