import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { expectThat } from '../../expectations.ts';
import { DashboardClient } from './dashboard-client.ts';
import { type FaultyServer, hostName } from './faulty-server.ts';
import { StoredSamples } from './stored-samples.ts';

const STEP_MS = 10_000;
const MOST_POINTS = 2_000;
/** Told with every sample, and not computed from two. */
const METRIC = 'load1';

const Charted = Type.Object({
  stepMs: Type.Number(),
  atMs: Type.Array(Type.Number()),
  series: Type.Record(
    Type.String(),
    Type.Object({ average: Type.Array(Type.Union([Type.Number(), Type.Null()])) }),
  ),
});

/**
 * Asks the running server for the chart of every host in steps of ten seconds, as browsers do: where a sample is stored
 * there must be a point.
 * @throws ExpectationError when one is missing
 */
export async function shownByHistory(
  server: FaultyServer,
  hosts: number,
): Promise<{ hosts: number; points: number }> {
  const times = new StoredSamples(server.databasePath).timesByHost();
  const client = await DashboardClient.signIn(server);
  let points = 0;
  let withSamples = 0;
  try {
    for (let number = 0; number < hosts; number += 1) {
      // Hosts are numbered from 1 in the order in which they were registered.
      const expected = new Set((times.get(number + 1) ?? []).map((atMs) => Math.floor(atMs / STEP_MS)));
      if (expected.size === 0) continue;
      const from = Math.min(...expected) * STEP_MS;
      const to = (Math.max(...expected) + 1) * STEP_MS;
      const path = `/api/v1/hosts/${hostName(number)}/history?from=${from}&to=${to}&points=${MOST_POINTS}&metrics=${METRIC}`;
      const answer = await client.ask(path);
      expectThat(
        answer.status === 200,
        `${path} is answered with ${answer.status}: ${answer.body.slice(0, 200)}`,
      );
      const { stepMs, atMs, series } = Value.Parse(Charted, JSON.parse(answer.body));
      expectThat(stepMs === STEP_MS, `the points are ${stepMs} ms apart`);
      const shown = new Set(
        atMs
          .filter((_, index) => (series[METRIC]?.average[index] ?? null) !== null)
          .map((at) => at / STEP_MS),
      );
      const missing = [...expected].filter((each) => !shown.has(each));
      expectThat(
        missing.length === 0,
        `${hostName(number)}: ${missing.length} points of ${expected.size} are missing`,
      );
      points += expected.size;
      withSamples += 1;
    }
  } finally {
    client.end();
  }
  return { hosts: withSamples, points };
}
