import { readIfThere, replaceFile } from './replace-file.ts';

/** Sets PUBLIC_HOST in the file that the unit reads; the other lines stay as they are. */
export function writePublicHost(environmentFile: string, publicHost: string): void {
  const lines = (readIfThere(environmentFile) ?? '')
    .split('\n')
    .filter((line) => !/^\s*PUBLIC_HOST=/.test(line));
  if (lines.at(-1) === '') lines.pop();
  replaceFile(environmentFile, `${[...lines, `PUBLIC_HOST=${publicHost}`].join('\n')}\n`, { mode: 0o600 });
}
