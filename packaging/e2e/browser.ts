import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { command } from './bed/command.ts';

export interface BrowserOptions {
  /** A folder of its own: the browser's home. */
  readonly home: string;
  /** Network namespace that it runs in. */
  readonly networkNamespace: string;
  /** File with the certificate of the authority that it trusts beside the public ones. */
  readonly authority: string;
  /** Names that it resolves by itself: name -> address. */
  readonly names: Readonly<Record<string, string>>;
}

/**
 * Debian's Chromium inside the bed's network. TLS is checked as for any visitor: the authority is in the browser's
 * own certificate database, and no error is ignored.
 */
export async function startBrowser(options: BrowserOptions): Promise<Browser> {
  const database = `sql:${join(options.home, '.pki/nssdb')}`;
  await mkdir(join(options.home, '.pki/nssdb'), { recursive: true });
  await command('certutil', ['-d', database, '-N', '--empty-password']);
  await command('certutil', ['-d', database, '-A', '-t', 'C,,', '-n', 'test bed', '-i', options.authority]);

  // Playwright starts one program; this one steps into the namespace first. Its pipes pass through.
  const launcher = join(options.home, 'chromium-in-namespace');
  await writeFile(
    launcher,
    `#!/bin/sh\nexec ip netns exec '${options.networkNamespace}' /usr/bin/chromium "$@"\n`,
  );
  await chmod(launcher, 0o755);
  const rules = Object.entries(options.names).map(([name, address]) => `MAP ${name} ${address}`);
  return chromium.launch({
    executablePath: launcher,
    env: { ...process.env, HOME: options.home, XDG_CONFIG_HOME: join(options.home, '.config') },
    args: [`--host-resolver-rules=${rules.join(',')}`],
  });
}
