import { LIMITS, type UpkeepDocument } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';

type Subscription = NonNullable<UpkeepDocument['subscription']>;

/** The letter behind the number of sockets in a key: pve2c-…. */
const LEVELS: Readonly<Record<string, string>> = {
  c: 'community',
  b: 'basic',
  s: 'standard',
  p: 'premium',
};

/**
 * Parses /etc/subscription of Proxmox VE and /etc/proxmox-backup/subscription: the key, a checksum, and base64 of JSON
 * with `status`, `productname` and `nextduedate`. The key and the server's id stay here.
 * @throws ParseError
 */
export function parseSubscription(text: string): Subscription {
  const [key = '', , ...encoded] = text.split('\n').map((line) => line.trim());
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(encoded.join(''), 'base64').toString('utf8'));
  } catch (error) {
    throw new ParseError('the subscription file makes no sense', { cause: error });
  }
  const field = (name: string): string | undefined => {
    const found: unknown = Reflect.get(Object(value), name);
    return typeof found === 'string' && found !== '' ? found.slice(0, LIMITS.nameLength) : undefined;
  };
  const status = field('status')?.toLowerCase();
  if (status === undefined) throw new ParseError('the subscription file does not say its status');
  return {
    status,
    ...given({
      level: LEVELS[/^[a-z]+\d*([cbsp])-/.exec(key)?.[1] ?? ''],
      product: field('productname'),
      nextDueAtMs: dayOf(field('nextduedate')),
    }),
  };
}

/** "2027-03-01": when that day begins. */
function dayOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(atMs) || atMs < 0 ? undefined : atMs;
}
