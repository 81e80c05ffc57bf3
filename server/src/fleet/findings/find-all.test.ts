import type { Documents } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { withDocuments } from '../../ingest/latest.ts';
import { HostFindings, type SourceFindings } from './find-all.ts';
import { DAY_MS, NOW_MS } from './test-findings.ts';

const time = { streamId: 1, bootId: undefined, monotonicMs: 0, takenAtMs: NOW_MS, receivedAtMs: NOW_MS };
const latest = (documents: Documents, before = {}) => withDocuments(before, documents, time);
const of = (all: readonly SourceFindings[], source: string) =>
  all.filter((each) => each.source === source && each.findings.length > 0);
const raid = (devicesActive: number): Documents => ({
  mdRaid: { arrays: [{ name: 'md0', state: 'active', devicesTotal: 2, devicesActive, devices: [] }] },
});

describe('what was found of a host', () => {
  test('is kept while the documents are the same ones', () => {
    const host = new HostFindings();
    const documents = latest({ ...raid(1), services: { failed: [{ unit: 'a' }], services: [] } });
    const first = host.of(documents, NOW_MS);
    // a sample that brings one of them replaces that one alone
    const next = host.of(latest(raid(0), documents), NOW_MS + 10_000);
    expect(of(next, 'services')[0]?.findings).toBe(of(first, 'services')[0]?.findings);
    expect(of(next, 'mdRaid')[0]?.findings[0]?.sentence).toContain('0 of 2');
  });

  test('is gone with its document', () => {
    const host = new HostFindings();
    host.of(latest(raid(1)), NOW_MS);
    expect(of(host.of({}, NOW_MS), 'mdRaid')).toEqual([]);
  });

  test('follows the clock by minutes', () => {
    const host = new HostFindings();
    const ended = {
      path: '/a.pem',
      subject: 'a',
      issuer: 'a',
      names: [],
      isAuthority: false,
      validFromMs: 0,
      validToMs: NOW_MS + 21 * DAY_MS,
    };
    const documents = latest({ certificates: { certificates: [ended] } });
    expect(of(host.of(documents, NOW_MS), 'certificates')).toEqual([]);
    expect(of(host.of(documents, NOW_MS + 60_000), 'certificates')).toHaveLength(1);
  });
});
