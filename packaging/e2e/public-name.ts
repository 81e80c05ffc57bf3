import type { Container } from './bed/container.ts';
import { PUBLIC_HOST } from './stage.ts';

/** Has the public name lead to another machine than the stage's server, as seen from these containers. */
export async function leadPublicName(address: string, ...containers: readonly Container[]): Promise<void> {
  for (const container of containers) {
    // the first line that knows a name counts
    await container.run(`sed -i '1i ${address} ${PUBLIC_HOST}' /etc/hosts`);
  }
}
