import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../bed/command.ts';
import type { Container } from '../../bed/container.ts';
import { expectText } from '../../expectations.ts';
import type { Scene } from '../../stage.ts';
import type { AptClient } from './apt-client.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const FOLDER = '/srv/packages';
const PORT = 8081;

/** Copies a folder of this machine into the container. */
async function pushFolder(container: Container, folder: string, scratch: string): Promise<void> {
  const archive = join(scratch, 'folder.tar');
  await command('tar', ['--create', '--file', archive, '--directory', folder, '.']);
  await container.push(archive, '/root/folder.tar');
  await container.run(
    `rm -rf ${FOLDER}; mkdir -p ${FOLDER}; tar xf /root/folder.tar -C ${FOLDER}; rm /root/folder.tar`,
  );
}

/** What scripts/apt-repo makes, seen as a folder, and through a web server that knows nothing of apt. */
export async function useFolder(
  { report, bed, packages }: Scene,
  server: Container,
  clients: readonly AptClient[],
  newer: { readonly version: string; readonly file: string },
): Promise<void> {
  const scratch = join(bed.folder, 'apt-repo');
  const folder = join(scratch, 'public');
  const make = (...parameters: string[]): Promise<string> =>
    command(join(ROOT, 'scripts/apt-repo'), [folder, ...parameters, '--key', join(scratch, 'keys')], {
      cwd: '/',
    });
  const source = (): Promise<string> => command('cat', [join(folder, 'proxmox-monitor.sources')]);
  const key = (): Promise<string> => command('cat', [join(folder, 'proxmox-monitor.asc')]);

  await report.check('scripts/apt-repo makes a repository that hosts use as a folder', async () => {
    await mkdir(scratch, { recursive: true });
    expectText(
      await make(packages.agent, '--url', `file://${FOLDER}`),
      /added: .*agent/,
      /The key was made just now/,
    );
    for (const client of clients) {
      await client.container.run('apt-get -y purge proxmox-monitor-agent 2>&1');
      await pushFolder(client.container, folder, scratch);
      await client.useOnly(await source(), await key());
      await client.update();
      await client.aptGet('install proxmox-monitor-agent');
      await client.versionIs(packages.version);
    }
  });
  await report.check('and, grown by a version, through any web server', async () => {
    await make(newer.file, '--url', `http://${server.name}:${PORT}`);
    await pushFolder(server, folder, scratch);
    await server.run(
      `systemd-run --quiet --unit static-files caddy file-server --root ${FOLDER} --listen :${PORT}; sleep 1`,
    );
    for (const client of clients) {
      await client.useOnly(await source(), await key());
      await client.update();
      await client.aptGet('upgrade');
      await client.versionIs(newer.version);
      await client.aptGet(`install --allow-downgrades proxmox-monitor-agent=${packages.version}`);
      await client.versionIs(packages.version);
    }
  });
}
