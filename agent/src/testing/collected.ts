import { Documents, HostFacts, Sources } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { vi } from 'vitest';
import { runCollect } from '../commands/collect.ts';

/** What the command `collect` printed. */
export interface Collected {
  readonly code: number;
  readonly err: string;
  readonly documents: Documents;
  readonly sources: Sources;
  readonly facts: HostFacts;
  /** Of the document that it printed, in order. */
  readonly keys: readonly string[];
}

/** Runs `collect --root`, and holds what it prints against the protocol. */
export async function collected(root: string, ...only: string[]): Promise<Collected> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await runCollect({ only, root });
  const said = (spy: typeof out): string => spy.mock.calls.map(([text]) => String(text)).join('');
  const text = said(out);
  const errors = said(err);
  vi.restoreAllMocks();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  const field = (name: string): unknown => Reflect.get(Object(parsed), name) ?? {};
  return {
    code,
    err: errors,
    documents: Value.Parse(Documents, field('documents')),
    sources: Value.Parse(Sources, field('sources')),
    facts: Value.Parse(HostFacts, text === '' ? { hostname: '-' } : field('facts')),
    keys: Object.keys(Object(parsed)),
  };
}
