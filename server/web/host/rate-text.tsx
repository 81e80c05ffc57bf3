import type { JSX } from 'preact';
import { Absent } from '../components/absent.tsx';
import { formatMegabytes } from '../format/rate.ts';

/** MB/s in a column whose head has the unit. A rate needs two readings, so at first it is not known. */
export function RateText({ bytesPerSecond }: { readonly bytesPerSecond: number | undefined }): JSX.Element {
  return bytesPerSecond === undefined ? <Absent /> : <span>{formatMegabytes(bytesPerSecond)}</span>;
}
