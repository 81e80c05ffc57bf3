/** Debian's changelogs have lines of at most 80 characters. */
const WIDTH = 79;

/**
 * An entry of debian/changelog.
 * @param points each on one line
 * @param date as `git` and RFC 5322 write it
 */
export function debianEntry(
  debianVersion: string,
  points: readonly string[],
  maintainer: string,
  date: Date,
): string {
  const body = points.map((point) => wrap(point).join('\n')).join('\n');
  return `proxmox-monitor (${debianVersion}) unstable; urgency=medium\n\n${body}\n\n -- ${maintainer}  ${rfc5322(date)}\n`;
}

/** Puts an entry on top, in place of the one of the development version of the same release. */
export function addEntry(changelog: string, entry: string, replaced?: string): string {
  const head = `proxmox-monitor (${replaced ?? ''}) `;
  const rest =
    replaced !== undefined && changelog.startsWith(head)
      ? changelog.slice(changelog.indexOf('\nproxmox-monitor (') + 1)
      : changelog;
  return `${entry}\n${rest}`;
}

function wrap(point: string): string[] {
  const lines = ['  *'];
  for (const word of point.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`    ${word}`);
  }
  return lines;
}

/** In UTC, so that the machine of the release does not show. */
function rfc5322(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
