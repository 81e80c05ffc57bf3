import type { Database } from '../db/open.ts';
import { TIERS, type Tier, type TierRetention } from './tiers.ts';

/** How much the history takes, from the blocks that there are. */
export interface Growth {
  /** What one host adds in a day, all tiers together. */
  readonly bytesPerHostAndDay: number;
  /** What the present hosts and things take once every tier is as old as it gets. */
  readonly bytesAtFullRetention: number;
}

const DAY_MS = 86_400_000;
/** Blocks that are looked at: those of a few hosts, from either end. */
const LOOKED_AT = 500;
/** What pages that are not full and keys add. */
const OVERHEAD = 1.1;

/** @returns undefined as long as there is too little to tell: a host's first hours */
export function growthOf(database: Database, retention: TierRetention): Growth | undefined {
  const { $client: client } = database;
  const count = (sql: string): number => Number(client.prepare(sql).pluck().get());
  const hosts = count('SELECT count(DISTINCT host_id) FROM thing_host');
  const things = count('SELECT count(*) FROM thing');
  const sizes = TIERS.map((tier) => averageBytes(database, tier));
  const [fine = 0, minute = 0] = sizes;
  if (hosts === 0 || fine === 0 || minute === 0) return undefined;
  const perDay = TIERS.map((tier, index) => {
    const owners = tier.owner === 'host' ? hosts : things;
    // of a tier that has no block yet: a row of ten minutes or hours takes what one of minutes does for each thing
    const bytes = sizes[index] || (minute * hosts * 2.4) / Math.max(1, things);
    return (OVERHEAD * owners * bytes * DAY_MS) / tier.blockMs;
  });
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  return {
    bytesPerHostAndDay: sum(perDay) / hosts,
    bytesAtFullRetention: sum(perDay.map((bytes, index) => (bytes * (retention[index] ?? 0)) / DAY_MS)),
  };
}

function averageBytes({ $client: client }: Database, { name }: Tier): number {
  const part = (order: 'ASC' | 'DESC'): string =>
    `SELECT * FROM (SELECT length(body) AS bytes FROM ${name} ORDER BY id ${order} LIMIT ${LOOKED_AT})`;
  const average = client.prepare(`SELECT avg(bytes) FROM (${part('ASC')} UNION ALL ${part('DESC')})`);
  return Number(average.pluck().get() ?? 0);
}
