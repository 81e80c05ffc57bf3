import type { SmartDisk } from '@proxmox-monitor/protocol';
import type { Severity } from '../../api/schema.ts';
import { formatAge } from '../../words/duration.ts';
import { isolated } from '../../words/isolated.ts';
import { counted, formatCount } from '../../words/number.ts';
import { formatPercent } from '../../words/percent.ts';

export interface DiskVerdict {
  readonly severity: Severity;
  /** Three words at most. */
  readonly text: string;
  /** Why, worst first; empty where there is nothing to say. */
  readonly reasons: readonly string[];
  /** Errors that it has had and that do not grow: told apart from reasons. */
  readonly standing: readonly string[];
}

interface Finding {
  readonly severity: Severity;
  readonly text: string;
  readonly reason: string;
}

/** What counters of a disk are called. A later agent may have more: they keep their own name. */
const COUNTERS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  reallocatedSectors: ['reallocated sector', 'reallocated sectors'],
  pendingSectors: ['pending sector', 'pending sectors'],
  offlineUncorrectableSectors: ['uncorrectable sector', 'uncorrectable sectors'],
  reportedUncorrectableErrors: ['reported uncorrectable error', 'reported uncorrectable errors'],
  commandTimeouts: ['command time-out', 'command time-outs'],
  interfaceCrcErrors: ['CRC error of the cable', 'CRC errors of the cable'],
  mediaErrors: ['media error', 'media errors'],
  grownDefects: ['grown defect', 'grown defects'],
  uncorrectedReadErrors: ['uncorrected read error', 'uncorrected read errors'],
  uncorrectedWriteErrors: ['uncorrected write error', 'uncorrected write errors'],
  uncorrectedVerifyErrors: ['uncorrected verify error', 'uncorrected verify errors'],
};

/** "14 pending sectors" */
export function counterText(counter: string, count: number): string {
  const [one, many] = COUNTERS[counter] ?? [counter, counter];
  return counted(count, one, many);
}

/** Data that could not be read or written: when these grow the disk is failing. */
const OF_DATA: ReadonlySet<string> = new Set([
  'pendingSectors',
  'offlineUncorrectableSectors',
  'reportedUncorrectableErrors',
  'mediaErrors',
  'uncorrectedReadErrors',
  'uncorrectedWriteErrors',
  'uncorrectedVerifyErrors',
]);

/** How much of its rated endurance a drive may have used. */
const WORN_PERCENT = 90;
const WORN_OUT_PERCENT = 95;

/** Growth that is older than this is over: what it left stands among the counters. */
const RECENT_MS = 7 * 24 * 3_600_000;

/**
 * How a disk fares, in words: by the drive's own verdict and limits, and by counters that grow. Old errors that
 * stand still are no fault.
 * @param nowMs by the host's clock
 */
export function diskVerdict(disk: SmartDisk, nowMs: number): DiskVerdict {
  const findings = [
    ...stateFindings(disk),
    ...ownFindings(disk),
    ...growthFindings(disk, nowMs),
    ...limitFindings(disk),
  ];
  const worst = RANKED.map((severity) => findings.find((finding) => finding.severity === severity)).find(
    Boolean,
  );
  const reasons = findings
    .toSorted((first, second) => RANKED.indexOf(first.severity) - RANKED.indexOf(second.severity))
    .map(({ reason }) => reason)
    .filter((reason) => reason !== '');
  const standing = standingErrors(disk);
  if (worst !== undefined) return { severity: worst.severity, text: worst.text, reasons, standing };
  return disk.passed === true || disk.state === 'ok'
    ? { severity: 'ok', text: disk.passed === true ? 'passed' : 'no complaint', reasons, standing }
    : { severity: 'silent', text: 'not known', reasons, standing };
}

const RANKED: readonly Severity[] = ['crit', 'warn', 'info', 'silent'];

function stateFindings({ state, readAtMs, reason = '' }: SmartDisk): Finding[] {
  switch (state) {
    case 'ok':
      return [];
    case 'sleeping': {
      const values = readAtMs === undefined ? 'it was never read' : 'these values are of its last reading';
      return [{ severity: 'silent', text: 'sleeping', reason: `It is left asleep: ${values}.` }];
    }
    case 'unsupported':
      return [{ severity: 'silent', text: 'no SMART', reason: reason || 'It answers, and has no SMART.' }];
    case 'failed':
      return [
        {
          severity: 'warn',
          text: 'not read',
          reason: `It could not be read${reason && `: ${isolated(reason.replace(/\.$/, ''))}`}.`,
        },
      ];
    case 'stuck':
      return [{ severity: 'warn', text: 'does not answer', reason: reason || 'It does not answer in time.' }];
  }
}

/** What the drive itself says. */
function ownFindings({
  passed,
  criticalWarnings = [],
  failedAttributes,
  lastSelfTest,
}: SmartDisk): Finding[] {
  const findings: Finding[] = [];
  const failing = (reason: string): number => findings.push({ severity: 'crit', text: 'failing', reason });
  if (passed === false) failing('The drive itself expects to fail. Replace it.');
  for (const warning of criticalWarnings) failing(`The drive warns: ${isolated(warning)}.`);
  for (const { name, value, threshold, when } of failedAttributes) {
    if (when === 'now') failing(`${isolated(name)} is ${value}, its limit is ${threshold}.`);
    else
      findings.push({
        severity: 'info',
        text: 'once failed',
        reason: `${isolated(name)} was at its limit of ${threshold} once.`,
      });
  }
  if (lastSelfTest?.passed === false) {
    findings.push({
      severity: 'warn',
      text: 'self-test failed',
      reason: `Its last self-test: ${isolated(lastSelfTest.statusText)}.`,
    });
  }
  return findings;
}

function growthFindings({ increases, counters }: SmartDisk, nowMs: number): Finding[] {
  const grown = increases.map(({ counter, from, to, grewAtMs }): Finding => {
    const age = nowMs - grewAtMs;
    const reason = `${counterText(counter, to)}, ${formatCount(to - from)} more since the first look; the last ${formatAge(age)} ago.`;
    return age < RECENT_MS
      ? { severity: growthSeverity(counter), text: 'errors grow', reason }
      : { severity: 'info', text: 'errors grew', reason };
  });
  // sectors that it could not read and has not mended yet: that they do not grow makes them no better
  const pending = counters['pendingSectors'] ?? 0;
  if (pending === 0 || increases.some(({ counter }) => counter === 'pendingSectors')) return grown;
  return [
    ...grown,
    { severity: 'warn', text: 'bad sectors', reason: `${counterText('pendingSectors', pending)}.` },
  ];
}

/** Errors of the cable are the cable's, and were repeated. */
function growthSeverity(counter: string): Severity {
  if (OF_DATA.has(counter)) return 'crit';
  return counter === 'interfaceCrcErrors' ? 'info' : 'warn';
}

function standingErrors({ counters, increases }: SmartDisk): string[] {
  const grown = new Set(increases.map(({ counter }) => counter));
  return Object.entries(counters)
    .filter(([counter, count]) => count > 0 && !grown.has(counter) && counter !== 'pendingSectors')
    .map(([counter, count]) => counterText(counter, count));
}

/** Its own limits of temperature, wear and spare. */
function limitFindings(disk: SmartDisk): Finding[] {
  const { temperatureCelsius: now, temperatureWarningCelsius: warm, temperatureCriticalCelsius: hot } = disk;
  const { wearPercent, sparePercent, spareThresholdPercent } = disk;
  const findings: Finding[] = [];
  const add = (severity: Severity, text: string, reason: string): number =>
    findings.push({ severity, text, reason });
  const limit = hot !== undefined && now !== undefined && now >= hot ? hot : warm;
  if (now !== undefined && limit !== undefined && now >= limit) {
    add(
      limit === hot ? 'crit' : 'warn',
      'too hot',
      `${Math.round(now)} °C; its limit is ${Math.round(limit)} °C.`,
    );
  }
  if (wearPercent !== undefined && wearPercent >= WORN_PERCENT) {
    const isOut = wearPercent >= WORN_OUT_PERCENT;
    add(
      isOut ? 'crit' : 'warn',
      isOut ? 'worn out' : 'nearly worn out',
      `${formatPercent(wearPercent)} of its rated endurance is used.`,
    );
  }
  if (
    sparePercent !== undefined &&
    spareThresholdPercent !== undefined &&
    // drives that count no spare say 0 of 0
    spareThresholdPercent > 0 &&
    sparePercent <= spareThresholdPercent
  ) {
    add(
      'crit',
      'spare used up',
      `${formatPercent(sparePercent)} spare is left; its limit is ${formatPercent(spareThresholdPercent)}.`,
    );
  }
  return findings;
}
