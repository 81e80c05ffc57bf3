import { ParseError } from '../errors.ts';
import { wholeLines } from '../lines.ts';

/** What `df` is called with, before the mount points. */
export const DF_ARGUMENTS = ['--block-size=1', '--output=size,used,avail,itotal,iused,target', '--'] as const;

/** What `df` says of one mount point. Inodes are absent where the file system has no table of them. */
export interface Measure {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
  readonly inodes: number | undefined;
  readonly inodesUsed: number | undefined;
}

const ROW = /^ *(\d{1,20}) +(\d{1,20}) +(\d{1,20}) +(\d{1,20}|-) +(\d{1,20}|-) (.+)$/;

/**
 * Parses what df prints for DF_ARGUMENTS, by mount point. One that df could not measure is missing; when
 * it could measure none, it prints nothing.
 * @throws ParseError
 */
export function parseDf(text: string): Map<string, Measure> {
  const measures = new Map<string, Measure>();
  if (text === '') return measures;
  const [heading, ...lines] = wholeLines('what df printed', text);
  if (heading === undefined || !heading.trimEnd().endsWith('Mounted on'))
    throw new ParseError('df printed no heading "… Mounted on"');
  for (const line of lines) {
    const match = ROW.exec(line);
    // A file system may say "-" for its sizes: there is nothing to measure then.
    if (match?.[6] === undefined) continue;
    const number = (index: number): number => Number(match[index]);
    // File systems without a table of inodes, such as vfat and btrfs, have 0 of them.
    const hasInodes = match[4] !== '-' && match[5] !== '-' && number(4) > 0;
    measures.set(match[6], {
      sizeBytes: number(1),
      usedBytes: number(2),
      availableBytes: number(3),
      inodes: hasInodes ? number(4) : undefined,
      inodesUsed: hasInodes ? number(5) : undefined,
    });
  }
  return measures;
}
