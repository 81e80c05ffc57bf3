import { type DocumentName, fits, Source } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';
import { ParseError } from '../errors.ts';
import type { RunResult } from '../run-once.ts';

/** Where the helper leaves what it saw. Its unit makes the folder, for root to write and the agent's group to read. */
export const HELPER_FOLDER = '/run/proxmox-monitor-agent-helper';

/** One look of the helper at one source. */
const LeftBehind = Type.Object({
  /** Pause between two looks, in milliseconds. */
  everyMs: Type.Number({ minimum: 1_000, maximum: 86_400_000 }),
  source: Source,
  /** Held against its own schema by whoever reads it. */
  document: Type.Optional(Type.Unknown()),
  /** What was there to see then, as the collector's change mark says it. */
  mark: Type.Optional(Type.String()),
});

export interface LeftBehind extends RunResult {
  readonly everyMs: number;
  readonly mark?: string | undefined;
}

/** Name of the file of a collector. */
export function leftBehindName(collector: DocumentName): string {
  return `${collector}.json`;
}

/** @throws ParseError when it is not what the helper writes */
export function parseLeftBehind(text: string): Omit<LeftBehind, 'document'> & { readonly document: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ParseError('what the helper left behind is not JSON', { cause: error });
  }
  if (!fits(LeftBehind, value)) throw new ParseError('what the helper left behind makes no sense');
  return { ...value, document: value.document };
}

/** The text of a file that {@link parseLeftBehind} reads. */
export function formatLeftBehind(left: LeftBehind): string {
  return `${JSON.stringify(left)}\n`;
}
