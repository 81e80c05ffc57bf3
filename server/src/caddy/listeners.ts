import { run } from './run.ts';

/** Programs other than Caddy that listen on a port of this machine, by name. */
export async function othersOn(port: number): Promise<readonly string[]> {
  const { stdout } = await run('ss', ['-Hltnp', `sport = :${port}`]);
  const names = [...stdout.matchAll(/\("([^"]+)",pid=\d+/g)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => name !== 'caddy');
}
