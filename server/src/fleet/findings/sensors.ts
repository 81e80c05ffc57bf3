import { namedList } from '../../words/list.ts';
import { type Finder, when } from './finding.ts';
import { sensorReadings } from './sensor-readings.ts';

/** Temperatures beyond the limits of their own sensors, and alarms. */
export const sensors: Finder = {
  source: 'sensors',
  find: ({ sensors: document }) => {
    const hot = (document === undefined ? [] : sensorReadings(document))
      .filter(({ isHot }) => isHot)
      .map(({ label, value }) => `${label} ${value}`);
    const brief =
      hot.length === 1 ? '1 sensor is beyond its limit' : `${hot.length} sensors are beyond their limits`;
    return when(hot.length > 0, {
      kind: 'sensor',
      severity: 'warn',
      brief,
      sentence: `${brief}: ${namedList(hot)}.`,
    });
  },
};
