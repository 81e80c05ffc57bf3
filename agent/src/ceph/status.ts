import { type CephDocument, fits, LIMITS } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';

const Whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Osds = Type.Object({ num_osds: Whole, num_up_osds: Whole, num_in_osds: Whole });

/** What is read of `ceph status --format json`, which Proxmox's API passes on. */
const Status = Type.Object({
  health: Type.Object({
    status: Type.String({ minLength: 1, maxLength: LIMITS.nameLength }),
    checks: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1, maxLength: LIMITS.nameLength }),
        Type.Object({
          severity: Type.String({ minLength: 1, maxLength: LIMITS.nameLength }),
          summary: Type.Object({ message: Type.String() }),
          // Ceph writes true, Perl may write 1.
          muted: Type.Optional(Type.Union([Type.Boolean(), Type.Number()])),
        }),
      ),
    ),
  }),
  quorum_names: Type.Array(Type.String()),
  monmap: Type.Object({ num_mons: Type.Optional(Whole), mons: Type.Optional(Type.Array(Type.Unknown())) }),
  // Before Ceph 15 the same inside itself.
  osdmap: Type.Union([Osds, Type.Object({ osdmap: Osds })]),
  pgmap: Type.Object({
    num_pgs: Whole,
    pgs_by_state: Type.Array(
      Type.Object({
        state_name: Type.String({ minLength: 1, maxLength: LIMITS.nameLength }),
        count: Whole,
      }),
    ),
    bytes_total: Type.Optional(Whole),
    bytes_used: Type.Optional(Whole),
    bytes_avail: Type.Optional(Whole),
  }),
});

/** @throws ParseError */
export function parseCephStatus(value: unknown): CephDocument {
  if (!fits(Status, value)) throw new ParseError('the status of Ceph has another form than is known');
  const { health, monmap, osdmap, pgmap } = value;
  const osds = 'osdmap' in osdmap ? osdmap.osdmap : osdmap;
  const monitors = monmap.num_mons ?? monmap.mons?.length;
  if (monitors === undefined) throw new ParseError('the status of Ceph does not name its monitors');
  return {
    health: health.status,
    checks: Object.entries(health.checks ?? {})
      .slice(0, 256)
      .map(([id, { severity, summary, muted }]) => ({
        id,
        severity,
        summary: summary.message.slice(0, LIMITS.textLength),
        isMuted: muted === true || muted === 1,
      })),
    monitors: { total: monitors, inQuorum: value.quorum_names.length },
    osds: { total: osds.num_osds, up: osds.num_up_osds, in: osds.num_in_osds },
    placementGroups: {
      total: pgmap.num_pgs,
      states: pgmap.pgs_by_state.slice(0, 256).map(({ state_name: state, count }) => ({ state, count })),
    },
    ...given({
      totalBytes: pgmap.bytes_total,
      usedBytes: pgmap.bytes_used,
      availableBytes: pgmap.bytes_avail,
    }),
  };
}
