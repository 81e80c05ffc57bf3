import { randomBytes } from 'node:crypto';
import { eventually } from '../expectations.ts';
import { aptInstall, type Guest, preseed, pushPackage } from '../install-package.ts';
import type { Packages } from '../packages.ts';

/** An emulated processor: what takes a container three seconds. */
const READY_MS = 180_000;

/** Installs the server and an agent that reports to it on one machine. Returns the dashboard's password. */
export async function setUp(guest: Guest, packages: Packages, hostName: string): Promise<string> {
  const password = randomBytes(12).toString('base64url');
  await preseed(guest, 'proxmox-monitor-server', [
    ['public-host', 'string', 'monitor.test'],
    ['password', 'password', password],
    ['password-again', 'password', password],
  ]);
  await aptInstall(guest, await pushPackage(guest, packages.server));
  await eventually('the server is ready', READY_MS, async () => {
    await guest.run('curl --silent --fail http://127.0.0.1:4000/readyz');
    return true;
  });
  const token = (await guest.run(`proxmox-monitor-server register-host ${hostName} 2>/dev/null`)).trim();
  await preseed(guest, 'proxmox-monitor-agent', [
    ['url', 'string', 'http://127.0.0.1:4000'],
    ['token', 'password', token],
  ]);
  await aptInstall(guest, await pushPackage(guest, packages.agent));
  return password;
}
