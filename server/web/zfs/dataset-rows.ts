import type { ZfsDataset, ZfsSnapshotsDocument } from '@proxmox-monitor/protocol';
import type { HostDetail } from '../../src/api/schema.ts';

export interface DatasetRow {
  readonly name: string;
  /** Absent for one that only its snapshots tell of. */
  readonly dataset: ZfsDataset | undefined;
  readonly snapshots: ZfsSnapshotsDocument['datasets'][number] | undefined;
  readonly skewMs: number;
}

/** Datasets with their snapshots, the largest first. */
export function datasetRows({ documents, clockSkewMs: skewMs = 0 }: HostDetail): DatasetRow[] {
  const datasets = documents.zfsDatasets?.body.datasets ?? [];
  const snapshots = documents.zfsSnapshots?.body.datasets ?? [];
  const snapshotsByName = new Map(snapshots.map((entry) => [entry.name, entry]));
  const names = new Set(datasets.map(({ name }) => name));
  return [
    ...datasets
      .toSorted((first, second) => second.usedBytes - first.usedBytes)
      .map((dataset) => ({
        name: dataset.name,
        dataset,
        snapshots: snapshotsByName.get(dataset.name),
        skewMs,
      })),
    ...snapshots
      .filter(({ name }) => !names.has(name))
      .map((entry) => ({ name: entry.name, dataset: undefined, snapshots: entry, skewMs })),
  ];
}

/** How much of its quota a dataset has taken; the quota counts what is below it too, the refquota does not. */
export function quotaOf({
  usedBytes,
  referencedBytes,
  quotaBytes,
  refquotaBytes,
}: ZfsDataset):
  | { readonly usedBytes: number; readonly limitBytes: number; readonly percent: number }
  | undefined {
  const shares = [
    [usedBytes, quotaBytes],
    [referencedBytes, refquotaBytes],
  ].flatMap(([used, limit]) =>
    used === undefined || limit === undefined || limit === 0
      ? []
      : [{ usedBytes: used, limitBytes: limit, percent: (used / limit) * 100 }],
  );
  return shares.toSorted((first, second) => second.percent - first.percent)[0];
}
