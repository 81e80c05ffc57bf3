import { systemClock } from '../clock.ts';
import { publicUrl } from '../http/same-origin.ts';
import { makeMetricsToken, removeMetricsToken } from '../prometheus/token.ts';
import { type CommandOptions, withDatabase } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { print, say } from './output.ts';

export interface MetricsTokenOptions extends CommandOptions {
  readonly remove?: boolean;
}

export function runMetricsToken(options: MetricsTokenOptions): Promise<number> {
  return withDatabase(options, (database, { config }) => {
    if (options.remove === true) {
      say(
        removeMetricsToken(database)
          ? 'The token is worth nothing any more: nobody can read /metrics.'
          : 'There was no token: nobody could read /metrics.',
      );
      return EXIT.ok;
    }
    const token = makeMetricsToken(database, systemClock);
    say(
      'The token for /metrics, which is shown now and never again. An earlier one is worth nothing any more:',
    );
    print(token);
    say(`\nIn prometheus.yml, as bearer token of a job that scrapes ${publicUrl(config)}/metrics`);
    return EXIT.ok;
  });
}
