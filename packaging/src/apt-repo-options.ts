import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface AptRepoOptions {
  readonly folder: string;
  /** What to publish. Empty: what is in dist/. */
  readonly files: readonly string[];
  readonly keyFolder: string;
  /** Address of the folder as hosts see it; undefined: as before, or as a folder of this machine. */
  readonly url: string | undefined;
  /** A version to take away, instead of adding. */
  readonly remove: string | undefined;
}

export const APT_REPO_USAGE = `Usage: scripts/apt-repo DIR [FILE...] [--url URL] [--key FOLDER]
       scripts/apt-repo DIR --remove VERSION [--key FOLDER]

Makes a signed apt repository in DIR, or adds to the one that is there: the packages
in dist/, or FILE... Versions that were published before stay. DIR then holds plain
files for any web server, or for hosts that see it as a folder.

  --url URL         where hosts find DIR: https://packages.example.net/monitor. Goes
                    into DIR/proxmox-monitor.sources, and is kept there until another
                    one is given. Without any: DIR itself, as file://
  --key FOLDER      the key that signs, made on first use. It must not be in DIR.
                    Otherwise: ${defaultKeyFolder()}
  --remove VERSION  take this version away, of both packages
  --help            this text
`;

/**
 * @param baseFolder what paths are relative to: where the command was typed
 * @throws Error that says what is wrong with the command line
 */
export function parseAptRepoOptions(parameters: readonly string[], baseFolder: string): AptRepoOptions {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: { url: { type: 'string' }, key: { type: 'string' }, remove: { type: 'string' } },
  });
  const [first, ...files] = positionals;
  if (first === undefined) throw new Error('Name the folder of the repository: scripts/apt-repo DIR.');
  const folder = resolve(baseFolder, first);
  if (folder.endsWith('.deb'))
    throw new Error(`The first argument is the folder of the repository, not ${first}.`);
  const keyFolder = values.key === undefined ? defaultKeyFolder() : resolve(baseFolder, values.key);
  if (`${keyFolder}/`.startsWith(`${folder}/`)) {
    throw new Error(`The private key must not be in the repository, which others read: ${keyFolder}`);
  }
  if (values.remove !== undefined && files.length > 0)
    throw new Error('Either add files or --remove a version.');
  return {
    folder,
    files: files.map((file) => resolve(baseFolder, file)),
    keyFolder,
    url: values.url === undefined ? undefined : checkedUrl(values.url),
    remove: values.remove,
  };
}

function defaultKeyFolder(): string {
  const data = process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share');
  return join(data, 'proxmox-monitor/apt-keys');
}

/** @throws Error when apt could not read it, or a line of its own could hide in it */
function checkedUrl(text: string): string {
  if (!/^(https?|file):\/\/[!-~]*$/.test(text) || !URL.canParse(text)) {
    throw new Error(`--url takes an address such as https://packages.example.net/monitor, not "${text}".`);
  }
  return text.replace(/\/+$/, '');
}
