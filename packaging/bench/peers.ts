import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Daemon } from './daemon.ts';

/** Packages of Debian 12 that watch a host as well. */
export const PEER_PACKAGES = ['prometheus-node-exporter', 'zabbix-agent2', 'netdata'] as const;
export type PeerName = (typeof PEER_PACKAGES)[number];

export interface Peer {
  readonly name: PeerName;
  readonly daemon: Daemon;
  /** Asks it for its values as its server would; undefined for one that sends them nowhere. */
  readonly ask?: () => Promise<{ readonly sent: number; readonly received: number }>;
}

const EXPORTER_PORT = 9100;
const ZABBIX_PORT = 10_050;
const USER = '65534:65534';

/** Starts all three in the root folder, each as its package configures it but for the interval of 10 s. */
export function startPeers(root: string, logs: string): Peer[] {
  const start = (name: PeerName, call: readonly string[], user = USER): Daemon =>
    new Daemon(name, root, user, call, join(logs, `${name}.log`));
  write(root, '/etc/zabbix/zabbix_agent2.conf', ZABBIX);
  write(root, '/etc/netdata/netdata.conf', NETDATA);
  for (const folder of ['/var/cache/netdata', '/var/lib/netdata', '/var/log/netdata', '/run/netdata'])
    mkdirSync(join(root, folder), { recursive: true, mode: 0o777 });
  return [
    {
      name: 'prometheus-node-exporter',
      daemon: start('prometheus-node-exporter', [
        '/usr/bin/prometheus-node-exporter',
        `--web.listen-address=127.0.0.1:${EXPORTER_PORT}`,
      ]),
      ask: () =>
        exchange(
          EXPORTER_PORT,
          Buffer.from(
            'GET /metrics HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Prometheus\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n',
          ),
        ),
    },
    {
      name: 'zabbix-agent2',
      daemon: start('zabbix-agent2', [
        '/usr/sbin/zabbix_agent2',
        '-f',
        '-c',
        '/etc/zabbix/zabbix_agent2.conf',
      ]),
      ask: async () => {
        const total = { sent: 0, received: 0 };
        for (const key of ZABBIX_KEYS) {
          const { sent, received } = await exchange(ZABBIX_PORT, zabbixRequest(key));
          total.sent += sent;
          total.received += received;
        }
        return total;
      },
    },
    // As root: in a container of its own it could not become another user.
    { name: 'netdata', daemon: start('netdata', ['/usr/sbin/netdata', '-D', '-u', 'root'], '0:0') },
  ];
}

const ZABBIX = `Server=127.0.0.1
ListenIP=127.0.0.1
ListenPort=${ZABBIX_PORT}
LogType=console
ControlSocket=/tmp/zabbix-agent2.sock
`;

const NETDATA = `[global]
	hostname = replayed
[db]
	update every = 10
[web]
	bind to = 127.0.0.1:19999
[ml]
	enabled = no
`;

/** Items of the template "Linux by Zabbix agent" on eight disks and six interfaces. */
const ZABBIX_KEYS = [
  ...['user', 'system', 'idle', 'iowait', 'nice', 'interrupt', 'softirq', 'steal'].map(
    (mode) => `system.cpu.util[,${mode}]`,
  ),
  ...['avg1', 'avg5', 'avg15'].map((span) => `system.cpu.load[all,${span}]`),
  ...['total', 'available', 'pavailable'].map((mode) => `vm.memory.size[${mode}]`),
  ...['system.cpu.num', 'system.cpu.switches', 'system.cpu.intr', 'system.uptime', 'system.swap.size[,free]'],
  ...['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf', 'nvme0n1', 'nvme1n1'].flatMap((disk) => [
    `vfs.dev.read[${disk},sectors]`,
    `vfs.dev.write[${disk},sectors]`,
  ]),
  ...['eno1', 'eno2', 'bond0', 'vmbr0', 'vmbr1', 'bond0.20'].flatMap((name) => [
    `net.if.in[${name}]`,
    `net.if.out[${name}]`,
  ]),
  ...['/', '/rpool', '/tank'].flatMap((path) => [`vfs.fs.size[${path},used]`, `vfs.fs.size[${path},total]`]),
];

/** Header, length and key, as zabbix_get sends them. */
function zabbixRequest(key: string): Buffer {
  const header = Buffer.alloc(13);
  header.write('ZBXD\x01', 'latin1');
  header.writeUInt32LE(key.length, 5);
  return Buffer.concat([header, Buffer.from(key)]);
}

function exchange(port: number, request: Buffer): Promise<{ sent: number; received: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(9_000, () => socket.destroy(new Error(`port ${port} does not answer`)));
    socket.on('error', reject);
    socket.on('data', () => undefined);
    socket.on('close', () => resolve({ sent: socket.bytesWritten, received: socket.bytesRead }));
  });
}

function write(root: string, path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}
