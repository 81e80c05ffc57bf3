import { useEffect, useState } from 'preact/hooks';
import type { History } from '../../src/api/schema.ts';
import { getJson, messageFrom } from '../state/api.ts';
import { nowMs } from '../state/clock.ts';
import { RANGE_MS, type Range } from './range.ts';

/** About one bucket for each pixel and a half of a chart. */
const POINTS = 300;
const SHORTEST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;

export interface HistoryState {
  /** The newest that could be loaded, of the range that is shown. */
  readonly history: History | undefined;
  /** Why the last try failed. */
  readonly failure: string | undefined;
  retry(): void;
}

/** The stored values of a host, kept up to date while the page is looked at. */
export function useHistory(hostName: string, range: Range): HistoryState {
  const [loaded, setLoaded] = useState<{ readonly range: Range; readonly history: History } | undefined>();
  const [failure, setFailure] = useState<string | undefined>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let ended = false;
    let timer = 0;
    const load = async (): Promise<void> => {
      let pauseMs = SHORTEST_PAUSE_MS;
      if (document.visibilityState === 'visible') {
        try {
          const history = await getJson<History>(historyPath(hostName, range));
          if (ended) return;
          pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, history.stepMs));
          setLoaded({ range, history });
          setFailure(undefined);
        } catch (error) {
          if (ended) return;
          setFailure(messageFrom(error));
        }
      }
      if (!ended) timer = window.setTimeout(() => void load(), pauseMs);
    };
    void load();
    return () => {
      ended = true;
      window.clearTimeout(timer);
    };
  }, [hostName, range, round]);
  const history = loaded?.range === range ? loaded.history : undefined;
  return { history, failure, retry: () => setRound(round + 1) };
}

function historyPath(hostName: string, range: Range): string {
  const to = Math.round(nowMs.peek());
  const from = to - RANGE_MS[range];
  return `/hosts/${encodeURIComponent(hostName)}/history?from=${from}&to=${to}&points=${POINTS}`;
}
