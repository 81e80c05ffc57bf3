import type { PveNodeDocument } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { booleanOf, numberOf, objectOf, parseJson, stringOf } from './json.ts';

export interface Members {
  readonly nodeName: string;
  /** Absent on a node that stands alone. */
  readonly cluster: PveNodeDocument['cluster'];
}

/**
 * Parses /etc/pve/.members, which pmxcfs writes.
 * @throws ParseError
 */
export function parseMembers(text: string): Members {
  const members = parseJson('/etc/pve/.members', text);
  const nodeName = stringOf(members['nodename']);
  if (nodeName === undefined) throw new ParseError('/etc/pve/.members does not name this node');
  const cluster = objectOf(members['cluster']);
  const name = stringOf(cluster?.['name']);
  const quorate = booleanOf(cluster?.['quorate']);
  if (cluster === undefined) return { nodeName, cluster: undefined };
  if (name === undefined || quorate === undefined) {
    throw new ParseError('/etc/pve/.members has a cluster without its name or its quorum');
  }
  const nodes = Object.entries(objectOf(members['nodelist']) ?? {});
  return {
    nodeName,
    cluster: {
      name,
      quorate,
      members: nodes.map(([member, value]) => {
        const about = objectOf(value) ?? {};
        return {
          name: member,
          online: booleanOf(about['online']) === true,
          ...given({ id: numberOf(about['id']), address: stringOf(about['ip']) }),
        };
      }),
    },
  };
}
