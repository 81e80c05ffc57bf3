import { expect, test } from 'vitest';
import { makePackage } from '../apt-repository/test-package.ts';
import { createInstallation } from './test-process.ts';

test('a new host is told by one block to paste, once an agent is published, with the real key and no token in it', async () => {
  const server = await createInstallation();
  await server.prepare(() => undefined);
  const env = { ...server.environment, PUBLIC_HOST: 'monitor.example.net' };
  const before = await server.run(['register-host', 'pve-1'], '', { env });
  expect(before.stderr).toContain('apt install ./proxmox-monitor-agent_*.deb');
  expect(before.stderr).toContain('proxmox-monitor-server apt-repo add FILE');
  await server.run(['apt-repo', 'add', makePackage(server.folder)], '', { env });
  const { stdout, stderr } = await server.run(['register-host', 'pve-2'], '', { env });
  expect(stdout).toMatch(/^pma_\w+\n$/);
  const block = stderr.slice(stderr.indexOf('(\n'), stderr.lastIndexOf(')') + 1);
  expect(block).toContain("url='https://monitor.example.net'");
  expect(block).toContain('-----BEGIN PGP PUBLIC KEY BLOCK-----');
  expect(block).not.toContain('pma_');
  // without TLS nobody is told to paste anything
  expect((await server.run(['register-host', 'pve-3'])).stderr).toContain(
    'proxmox-monitor-server caddy-setup',
  );
});
