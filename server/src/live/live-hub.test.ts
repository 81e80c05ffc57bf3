import { Value } from 'typebox/value';
import { beforeEach, describe, expect, test } from 'vitest';
import { HostDetail, LiveFleet, LiveTime, type ServerTrouble } from '../api/schema.ts';
import { setPassword } from '../auth/password.ts';
import { type Session, Sessions } from '../auth/session.ts';
import { FleetView } from '../fleet/fleet-view.ts';
import { removeHost } from '../hosts/hosts.ts';
import { build, type TestApp } from '../http/test-app.ts';
import { EventStream } from './event-stream.ts';
import { LiveHub } from './live-hub.ts';

const LOAD = { load1: 1, load5: 1, load15: 1, runnableTasks: 1, tasks: 1 };

let server: TestApp;
let hub: LiveHub;
let session: Session;
let trouble: ServerTrouble | undefined;

beforeEach(async () => {
  server = await build();
  const { database, clock, events } = server;
  const sessions = new Sessions(database, clock, 'a secret of the tests, longer than 32 characters');
  trouble = undefined;
  hub = new LiveHub({ fleet: new FleetView(server), sessions, events, clock, trouble: () => trouble });
  const found = sessions.use(sessions.create('203.0.113.7'));
  if (found === undefined) throw new Error('no session');
  session = found;
});

interface Received {
  readonly event: string;
  readonly data: unknown;
}

/** A browser that reads what was written since it read last. */
function browser(hostName?: string) {
  const stream = new EventStream();
  hub.attach(stream, session, hostName);
  const read = (): Received[] => {
    const text = String(stream.body.read() ?? '');
    return [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event = '', data = '']) => ({
      event,
      data: JSON.parse(data),
    }));
  };
  const fleets = (): LiveFleet[] =>
    read().flatMap(({ event, data }) => {
      if (event !== 'fleet') return [];
      if (!Value.Check(LiveFleet, data)) throw new Error('not a LiveFleet');
      return [data];
    });
  return { stream, read, fleets };
}

function names(fleet: LiveFleet | undefined): string[] {
  return (fleet?.hosts ?? []).map((host) => host.name);
}

/** One second passes. */
function tick(): void {
  server.clock.advance(1_000);
  hub.tick();
}

describe('a browser', () => {
  test('hears at once that the server stores nothing, and that it does again', () => {
    const { read } = browser();
    read();
    const times = () => read().filter(({ event }) => event === 'time');
    trouble = { kind: 'damaged', sinceMs: 1, sentence: 'The database is damaged.' };
    tick();
    expect(times()).toEqual([{ event: 'time', data: { serverTimeMs: expect.any(Number), trouble } }]);
    tick();
    expect(times()).toEqual([]);
    trouble = undefined;
    tick();
    expect(times()).toEqual([{ event: 'time', data: { serverTimeMs: expect.any(Number) } }]);
  });

  test('gets everything at once, then only what changed', () => {
    const { host: first } = server.addHost('pve-01');
    server.addHost('pve-02');
    const { fleets } = browser();
    const [initial] = fleets();
    expect(initial?.complete).toBe(true);
    expect(names(initial)).toEqual(['pve-01', 'pve-02']);

    tick();
    expect(fleets()).toEqual([]);

    server.receive(first.id, { load: LOAD });
    tick();
    const [update] = fleets();
    expect(update?.complete).toBe(false);
    expect(update?.hosts.map((host) => [host.name, host.load?.load1])).toEqual([['pve-01', 1]]);
  });

  test('gets at most one update a second, with the latest values', () => {
    const { host } = server.addHost('pve-01');
    const { fleets } = browser();
    fleets();
    for (const load1 of [1, 2, 3]) server.receive(host.id, { load: { ...LOAD, load1 } });
    tick();
    expect(fleets().map((fleet) => fleet.hosts[0]?.load?.load1)).toEqual([3]);
  });

  test('sees that a host went silent, without any event', () => {
    const { host } = server.addHost('pve-01');
    server.receive(host.id, { load: LOAD });
    const { fleets } = browser();
    fleets();
    const states: (string | undefined)[] = [];
    for (let second = 0; second < 45; second += 1) {
      tick();
      states.push(...fleets().map((fleet) => fleet.hosts[0]?.state));
    }
    expect(states).toContain('silent');
  });

  test('sees hosts that are registered, and gets the whole list when one was removed', () => {
    const { fleets } = browser();
    expect(fleets()[0]).toMatchObject({ complete: true, hosts: [] });
    server.addHost('pve-01');
    server.addHost('pve-02');
    tick();
    expect(fleets().map((fleet) => [fleet.complete, names(fleet)])).toEqual([[false, ['pve-01', 'pve-02']]]);
    removeHost(server.database, 'pve-01');
    tick();
    expect(fleets().map((fleet) => [fleet.complete, names(fleet)])).toEqual([[true, ['pve-02']]]);
  });

  test('sees that an agent connected', () => {
    const { host } = server.addHost('pve-01');
    const { fleets } = browser();
    fleets();
    server.connected.add(host.id);
    server.events.emit('linkChanged', host.id);
    tick();
    expect(fleets()[0]?.hosts[0]?.connected).toBe(true);
  });

  test('on the page of a host gets its details whenever something was heard of it', () => {
    const { host } = server.addHost('pve-01');
    const { host: other } = server.addHost('pve-02');
    const { read } = browser('pve-01');
    const details = () => read().filter(({ event }) => event === 'host');
    const [initial] = details();
    expect(Value.Check(HostDetail, initial?.data)).toBe(true);
    server.receive(other.id, { load: LOAD });
    tick();
    expect(details()).toEqual([]);
    server.receive(host.id, { load: LOAD });
    tick();
    const [update] = details();
    if (!Value.Check(HostDetail, update?.data)) throw new Error('not a HostDetail');
    expect(update.data.documents.load?.body).toEqual(LOAD);
  });

  test('hears every 15 seconds that the server is there', () => {
    const { read } = browser();
    read();
    for (let second = 0; second < 30; second += 1) tick();
    const times = read().filter(({ event }) => event === 'time');
    expect(times).toHaveLength(2);
    expect(times.every(({ data }) => Value.Check(LiveTime, data))).toBe(true);
  });

  test('that does not read gets nothing more, and the latest state once it reads again', () => {
    const { host } = server.addHost('pve-01');
    const slow = browser();
    const quick = browser();
    for (let load1 = 1; load1 <= 500; load1 += 1) {
      server.receive(host.id, { load: { ...LOAD, load1 } });
      tick();
      expect(quick.fleets().at(-1)?.hosts[0]?.load?.load1).toBe(load1);
    }
    const kept = slow.stream.body.readableLength;
    expect(kept).toBeLessThan(100_000);
    expect(slow.fleets().length).toBeLessThan(400);
    tick();
    expect(slow.fleets().map((fleet) => fleet.hosts[0]?.load?.load1)).toEqual([500]);
  });
});

describe('a stream ends', () => {
  async function endOf(stream: EventStream): Promise<void> {
    stream.body.resume();
    await new Promise<void>((resolve) => stream.onClose(resolve));
  }

  test('when the session does', async () => {
    const { stream } = browser();
    const ended = endOf(stream);
    setPassword(
      server.database,
      server.clock,
      `$argon2id$v=19$m=19456,p=1,t=2$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    );
    for (let second = 0; second < 5; second += 1) tick();
    await ended;
  });

  test('seven days after the login, although an open dashboard counts as use', async () => {
    const { stream } = browser();
    const ended = endOf(stream);
    const day = 24 * 3_600_000;
    for (let elapsed = 0; elapsed < 7 * day; elapsed += 6 * 3_600_000) {
      expect(stream.body.readableEnded).toBe(false);
      server.clock.advance(6 * 3_600_000);
      for (let round = 0; round < 5; round += 1) hub.tick();
    }
    await ended;
  });

  test('when the server does', async () => {
    const { stream } = browser();
    const ended = endOf(stream);
    hub.close();
    await ended;
  });

  test('when the browser leaves, which is then forgotten', async () => {
    server.addHost('pve-01');
    const { stream } = browser();
    const ended = endOf(stream);
    stream.body.destroy();
    await ended;
    expect(() => tick()).not.toThrow();
  });
});
