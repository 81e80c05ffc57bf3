import { command } from './command.ts';

/** Where this machine's apt takes Debian from. */
export interface Mirror {
  readonly debian: string;
  readonly security: string;
}

/** One line per target: site, suite, component. */
const FORMAT = '$(SITE) $(RELEASE) $(COMPONENT)';

/** Reads apt's own view of its sources, whichever format they are in. */
export async function findMirror(): Promise<Mirror> {
  const targets = await command('apt-get', ['indextargets', '--format', FORMAT, 'Created-By: Packages']);
  const mirror = parseTargets(targets);
  if (mirror === undefined) {
    throw new Error('apt has no source of Debian itself: add one to /etc/apt/sources.list.d, then try again');
  }
  return mirror;
}

/**
 * The site that has "<suite>-security" is the one for security updates, the site that has the plain suite or its
 * updates is Debian's. Other repositories have suites of other names.
 */
export function parseTargets(text: string): Mirror | undefined {
  const targets = text
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((fields) => fields[2] === 'main');
  const siteOf = (suite: RegExp): string | undefined =>
    targets.find((fields) => suite.test(fields[1] ?? ''))?.[0];
  const debian = siteOf(/^(bookworm|trixie|(old)?stable)(-updates)?$/);
  if (debian === undefined) return undefined;
  const security = siteOf(/^(bookworm|trixie|(old)?stable)-security$/);
  return { debian, security: security ?? `${debian.replace(/\/+$/, '')}-security` };
}
