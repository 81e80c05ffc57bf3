const HEADING = /^## (\S+) - (\S+)$/;

/** A version's part of CHANGELOG.md. */
export interface Section {
  /** What stands behind the version: `unreleased` or a date. */
  readonly date: string;
  /** Its points, each on one line, without Markdown. */
  readonly points: readonly string[];
}

/** @throws Error when the file has no such section */
export function readSection(changelog: string, version: string): Section {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => HEADING.exec(line)?.[1] === version);
  const date = HEADING.exec(lines[start] ?? '')?.[2];
  if (date === undefined) throw new Error(`CHANGELOG.md has no section "## ${version} - unreleased".`);
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  const body = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  return { date, points: readPoints(body) };
}

function readPoints(lines: readonly string[]): string[] {
  const points: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    const last = points.length - 1;
    if (line.startsWith('- ')) points.push(line.slice(2));
    else if (isOpen && /^ {2,}\S/.test(line)) points[last] = `${points[last] ?? ''} ${line.trim()}`;
    isOpen = /^(- | {2,}\S)/.test(line);
  }
  return points.map((point) => point.replaceAll('**', '').replaceAll('`', ''));
}

/** Writes the day of the release behind a version. */
export function dateSection(changelog: string, version: string, day: string): string {
  return changelog.replace(`## ${version} - unreleased`, `## ${version} - ${day}`);
}

/** Adds the section of the version that comes next. */
export function beginSection(changelog: string, version: string): string {
  return changelog.replace(/^## /m, `## ${version} - unreleased\n\n## `);
}
