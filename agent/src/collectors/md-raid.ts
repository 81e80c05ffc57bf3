import type { MdRaidDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { wholeLines } from '../lines.ts';
import { inContainer } from './container.ts';

type MdArray = MdRaidDocument['arrays'][number];

export const mdRaid: Collector<'mdRaid'> = {
  name: 'mdRaid',
  everyMs: 60_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/mdstat');
    if (text === undefined) return absent('no software RAID on this host');
    const arrays = parseMdstat(text);
    if (arrays.length > 0 && (await inContainer(host))) {
      return absent('inside a container: its arrays belong to the machine outside');
    }
    return arrays.length === 0 ? absent('no software RAID on this host') : { arrays };
  },
};

const BLOCK_BYTES = 1024;

/**
 * Parses /proc/mdstat: for each array a line `NAME : STATE LEVEL DEVICE[NUMBER](FLAG) …` and indented ones about its
 * size, its members and its work. Format: md(4), drivers/md/md.c of Linux.
 * @throws ParseError
 */
export function parseMdstat(text: string): MdArray[] {
  const arrays: MdArray[] = [];
  for (const line of wholeLines('/proc/mdstat', text)) {
    const header = /^(md[\w-]{0,60}) : (active|inactive)( \([a-z-]+\))?(.*)$/.exec(line);
    if (header?.[1] !== undefined) {
      arrays.push(begin(header[1], `${header[2]}${header[3] ?? ''}`, header[4] ?? ''));
      continue;
    }
    const last = arrays.at(-1);
    if (/^\s+\S/.test(line) && last !== undefined) arrays[arrays.length - 1] = { ...last, ...detail(line) };
    else if (line !== '' && !/^(Personalities|unused devices|read_ahead)\b/.test(line)) {
      throw new ParseError(`/proc/mdstat has a line "${line.slice(0, 60)}"`);
    }
  }
  return arrays;
}

function begin(name: string, state: string, rest: string): MdArray {
  const words = rest
    .trim()
    .split(/ +/)
    .filter((word) => word !== '');
  const level = words[0]?.includes('[') === false ? words[0] : undefined;
  const devices = words.flatMap((word): MdArray['devices'] => {
    const match = /^([\w!-]{1,64})\[\d+\]((?:\([A-Z]\))*)$/.exec(word);
    if (match?.[1] === undefined) return [];
    const flags = match[2] ?? '';
    return [
      { name: match[1], role: flags.includes('(F)') ? 'faulty' : flags.includes('(S)') ? 'spare' : 'active' },
    ];
  });
  return { name, state, devices: devices.slice(0, 256), ...given({ level }) };
}

function detail(line: string): Partial<MdArray> {
  const blocks = /^\s+(\d{1,18}) blocks\b/.exec(line)?.[1];
  const members = /\[(\d{1,4})\/(\d{1,4})\]/.exec(line);
  const work = /(recovery|resync|check|repair|reshape)\s*=\s*(?:(\d{1,3}(?:\.\d+)?)%|DELAYED|PENDING)/.exec(
    line,
  );
  const minutes = /finish=(\d{1,9}(?:\.\d+)?)min/.exec(line)?.[1];
  return given({
    sizeBytes: blocks === undefined ? undefined : Number(blocks) * BLOCK_BYTES,
    devicesTotal: members === null ? undefined : Number(members[1]),
    devicesActive: members === null ? undefined : Number(members[2]),
    activity:
      work?.[1] === undefined
        ? undefined
        : {
            kind: work[1],
            ...given({
              donePercent: work[2] === undefined ? undefined : Number(work[2]),
              secondsLeft: minutes === undefined ? undefined : Math.round(Number(minutes) * 60),
            }),
          },
  });
}
