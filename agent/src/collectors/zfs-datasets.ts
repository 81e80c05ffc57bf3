import { LIMITS, type ZfsDataset } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ToolMissingError } from '../errors.ts';
import { DATASET_COLUMNS, parseDatasetLine } from '../zfs/datasets.ts';
import { explained } from '../zfs/late-device.ts';
import { isWithoutModule, NO_MODULE_REASON } from '../zfs/no-module.ts';
import { poolStates, suspendedPools } from '../zfs/pool-states.ts';
import { inContainer } from './container.ts';

const TIMEOUT_MS = 30_000;

export const zfsDatasets: Collector<'zfsDatasets'> = {
  name: 'zfsDatasets',
  everyMs: 5 * 60_000,
  timeoutMs: TIMEOUT_MS + 1_000,
  async collect(host, signal) {
    if (await inContainer(host)) return absent('datasets belong to the machine outside of this container');
    const states = await poolStates(host);
    const datasets: ZfsDataset[] = [];
    let omittedCount = 0;
    try {
      await host.run('zfs', ['list', '-Hp', '-t', 'filesystem,volume', '-o', DATASET_COLUMNS.join(',')], {
        timeoutMs: TIMEOUT_MS,
        signal,
        package: 'zfsutils-linux',
        onLine: (line) => {
          if (line === '') return;
          if (datasets.length < LIMITS.listLength) datasets.push(parseDatasetLine(line));
          else omittedCount += 1;
        },
      });
    } catch (error) {
      if (error instanceof ToolMissingError && states.size === 0) return absent('no ZFS on this host');
      if (isWithoutModule(error)) return absent(NO_MODULE_REASON);
      throw await explained(error, host);
    }
    // zfs leaves the datasets of a suspended pool out, without a word.
    const unknownPools = suspendedPools(states);
    if (datasets.length === 0 && unknownPools.length === 0) return absent('no datasets');
    return { datasets, omittedCount, unknownPools };
  },
};
