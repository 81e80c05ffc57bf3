import type { SensorsDocument } from '@proxmox-monitor/protocol';

export interface SensorReading {
  readonly key: string;
  readonly chip: string;
  readonly label: string;
  readonly value: string;
  readonly limit: string | undefined;
  /** Beyond its limit, or its chip raises an alarm. */
  readonly isHot: boolean;
}

/** Temperatures and fans with their limits, in words. */
export function sensorReadings({ temperatures, fans }: SensorsDocument): SensorReading[] {
  const celsius = (degrees: number): string => `${Math.round(degrees)} °C`;
  return [
    ...temperatures.map(({ key, chip, label, celsius: now, maximumCelsius, criticalCelsius, isAlarm }) => {
      const limit = criticalCelsius ?? maximumCelsius;
      return {
        key,
        chip,
        label,
        value: celsius(now),
        limit: limit === undefined ? undefined : celsius(limit),
        isHot: isAlarm === true || (limit !== undefined && now >= limit),
      };
    }),
    ...fans.map(
      ({ key, chip, label, rotationsPerMinute: now, minimumRotationsPerMinute: least, isAlarm }) => ({
        key,
        chip,
        label,
        value: `${now} rpm`,
        limit: least === undefined ? undefined : `${least} rpm`,
        isHot: isAlarm === true,
      }),
    ),
  ];
}
