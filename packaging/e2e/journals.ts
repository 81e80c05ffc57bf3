import type { Container } from './bed/container.ts';

/** Last lines of everything that has a say, for whoever reads of a failure. */
export async function journals(containers: readonly Container[]): Promise<string> {
  const parts: string[] = [];
  for (const container of containers) {
    if (container.leader() === undefined) continue;
    const { stdout } = await container.attempt(
      'journalctl --no-pager --lines 12 --output short-precise --unit \'proxmox-monitor*\' --unit caddy 2>&1 | grep -v \'"level":"info"\'',
      { timeoutMs: 20_000 },
    );
    if (stdout.trim() !== '') parts.push(`${container.name}:\n${stdout.trim()}`);
  }
  return parts.join('\n');
}
