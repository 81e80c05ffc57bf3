import { command } from '../e2e/bed/command.ts';

/** Bytes of TCP payload that passed a connection since it was opened. */
export interface Passed {
  readonly sent: number;
  readonly received: number;
}

/**
 * What passed the connection to a port, from the side that opened it, as the kernel counts.
 * @throws Error unless there is exactly one
 */
export async function passed(port: number): Promise<Passed> {
  const text = await command('ss', ['-tinHO', 'state', 'established', `dport = :${port}`]);
  return parseConnections(text, port);
}

/** Parses what `ss -tinHO` prints: a line for each connection, `key:value` among its words. */
export function parseConnections(text: string, port: number): Passed {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [line] = lines;
  if (line === undefined || lines.length > 1) {
    throw new Error(`${lines.length} connections to port ${port}, and not one:\n${text}`);
  }
  const value = (name: string): number => Number(new RegExp(` ${name}:(\\d+)`).exec(line)?.[1] ?? 0);
  // What was acknowledged was sent; retransmissions are none of the program's.
  return { sent: Math.max(0, value('bytes_acked')), received: value('bytes_received') };
}
