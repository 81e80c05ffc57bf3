import type { Scene, Stage } from '../stage.ts';
import { addHost } from './add-host.ts';
import { aptRepository } from './apt-repository/index.ts';
import { arm64 } from './arm64.ts';
import { backup } from './backup.ts';
import { badInput } from './bad-input.ts';
import { caddySetup } from './caddy-setup.ts';
import { debianTools, piuparts } from './debian-tools.ts';
import { faults } from './faults/index.ts';
import { kill } from './kill.ts';
import { metrics } from './metrics.ts';
import { nginx } from './nginx.ts';
import { operations } from './operations.ts';
import { outage } from './outage.ts';
import { packages } from './packages/index.ts';
import { pages } from './pages.ts';
import { restarts } from './restarts.ts';
import { unprivileged } from './unprivileged.ts';
import { values } from './values.ts';
import { zfsMachine } from './zfs-machine/index.ts';

/** `needs` a `stage`: server, host and browser, which are set up once before; or only a `bed` to boot containers in. */
export type Scenario = {
  readonly name: string;
  /** It takes long or needs more of this machine than the others: played only when it is named. */
  readonly onlyByName?: true;
} & (
  | { readonly needs: 'stage'; readonly play: (stage: Stage) => Promise<void> }
  | { readonly needs: 'bed'; readonly play: (scene: Scene) => Promise<void> }
);

/** In the order in which they are played. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'values', needs: 'stage', play: values },
  { name: 'restarts', needs: 'stage', play: restarts },
  { name: 'bad-input', needs: 'stage', play: badInput },
  { name: 'kill', needs: 'stage', play: kill },
  { name: 'outage', onlyByName: true, needs: 'stage', play: outage },
  { name: 'pages', needs: 'stage', play: pages },
  { name: 'metrics', needs: 'stage', play: metrics },
  { name: 'packages', needs: 'bed', play: packages },
  { name: 'apt-repository', needs: 'bed', play: aptRepository },
  { name: 'backup', needs: 'bed', play: backup },
  { name: 'caddy-setup', needs: 'bed', play: caddySetup },
  { name: 'debian-tools', needs: 'bed', play: debianTools },
  { name: 'piuparts', onlyByName: true, needs: 'bed', play: piuparts },
  { name: 'operations', needs: 'bed', play: operations },
  { name: 'add-host', needs: 'bed', play: addHost },
  { name: 'nginx', needs: 'bed', play: nginx },
  { name: 'arm64', onlyByName: true, needs: 'bed', play: arm64 },
  { name: 'faults', onlyByName: true, needs: 'bed', play: faults },
  { name: 'zfs-machine', onlyByName: true, needs: 'bed', play: zfsMachine },
  { name: 'unprivileged', needs: 'bed', play: unprivileged },
];
