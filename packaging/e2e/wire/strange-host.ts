import { setTimeout as pause } from 'node:timers/promises';
import { goldenSample, WireAgent, type WireTarget } from './agent.ts';

/** What a hostile host calls its things. Where it is shown as markup, the page's title changes. */
export const MARKUP = '<img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';

const DAY_MS = 86_400_000;

/** Reports for `seconds` as a host whose clock is a day behind and whose every name is markup. */
export async function reportStrangely(target: WireTarget, token: string, seconds: number): Promise<void> {
  const agent = new WireAgent(target, token);
  const { status, body } = await agent.opened();
  if (status !== 101) throw new Error(`refused: ${status} ${body}`);
  const acked = new Promise<void>((resolve) => {
    agent.onAnswer((answer) => {
      if (answer.type === 'ack') resolve();
    });
  });
  agent.clockOffsetMs = -DAY_MS;
  agent.hello({
    facts: { hostname: MARKUP, operatingSystem: MARKUP, kernel: MARKUP, cpuModel: MARKUP },
  });
  const { documents, sources } = goldenSample();
  const named = { ...documents };
  if (named.filesystems !== undefined) named.filesystems = renamed(named.filesystems);
  if (named.zfsPools !== undefined) named.zfsPools = renamed(named.zfsPools);
  if (named.network !== undefined) named.network = renamed(named.network);
  if (named.diskIo !== undefined) named.diskIo = renamed(named.diskIo);
  agent.sample(1, named, sources);
  await acked;
  process.stdout.write('acked\n');
  await pause(seconds * 1000);
  agent.end();
}

/** The same document with markup for every name in it. */
function renamed<Document>(document: Document): Document {
  const NAMES = /^(name|mountPoint|source|device|path)$/;
  const text = JSON.stringify(document, (key: string, value: unknown) =>
    NAMES.test(key) && typeof value === 'string' ? MARKUP : value,
  );
  return JSON.parse(text);
}
