import {
  CLOSE_CODES,
  type Difference,
  DifferenceError,
  LIMITS,
  SampleDifferences,
  withDifference,
} from '@proxmox-monitor/protocol';
import { Ajv } from 'ajv';
import { MessageError } from './message.ts';

const isSampleDifferences = new Ajv().compile<SampleDifferences>(SampleDifferences);

const MOST_CHARACTERS = 2 * LIMITS.inflatedBytes;

const PARTS = ['documents', 'sources'] as const;
type Part = (typeof PARTS)[number];

interface Told {
  readonly value: unknown;
  /** Characters of it as JSON, at least. */
  readonly length: number;
}

/**
 * What a connection's samples told last, by name, so that the next may tell differences only: as it came, because a later
 * agent counts numbers that this version does not know. The values are those of the samples themselves, of which one
 * shares with the next what does not differ; so they must never be changed, and take hardly any room of their own.
 */
export class LastTold {
  readonly #told = { documents: new Map<string, Told>(), sources: new Map<string, Told>() };
  #length = 0;

  /**
   * Puts what a sample only tells the differences of in its place, as if it had come in full.
   * @returns how many characters of JSON that is, for whoever counts what an agent makes of work
   * @throws MessageError when a difference belongs to nothing that was told before
   */
  resolve(value: unknown): number {
    if (!isObject(value) || value['type'] !== 'sample') return 0;
    const { differences } = value;
    for (const part of PARTS) this.#remember(part, value[part]);
    if (differences === undefined) return 0;
    if (!isSampleDifferences(differences))
      throw new MessageError(CLOSE_CODES.badFrame, 'differences of a wrong form');
    delete value['differences'];
    let length = 0;
    for (const part of PARTS) {
      const full = value[part];
      if (!isObject(full)) continue;
      for (const [name, difference] of Object.entries(differences[part])) {
        const told = this.#apply(part, name, difference);
        length += told.length;
        full[name] = told.value;
      }
    }
    return length;
  }

  #remember(part: Part, told: unknown): void {
    if (!isObject(told)) return;
    for (const [name, value] of Object.entries(told))
      this.#keep(part, name, { value, length: lengthOf(value) });
  }

  #apply(part: Part, name: string, difference: Difference): Told {
    const before = this.#told[part].get(name);
    if (before === undefined)
      throw new MessageError(CLOSE_CODES.badFrame, `a difference of ${part}/${name}, which was never told`);
    try {
      const told = { value: withDifference(before.value, difference), length: before.length };
      this.#told[part].set(name, told);
      return told;
    } catch (error) {
      if (!(error instanceof DifferenceError)) throw error;
      throw new MessageError(CLOSE_CODES.badFrame, `${part}/${name}: ${error.message}`, { cause: error });
    }
  }

  #keep(part: Part, name: string, told: Told): void {
    const all = this.#told[part];
    this.#length -= all.get(name)?.length ?? 0;
    all.delete(name);
    // An agent's first sample holds everything, and is half as long at most.
    if (this.#length + told.length > MOST_CHARACTERS || all.size >= LIMITS.listLength) return;
    this.#length += told.length;
    all.set(name, told);
  }
}

/** Characters that a value has as JSON at least: a number counts as one. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 1;
  let length = 2;
  if (Array.isArray(value)) for (const entry of value) length += lengthOf(entry) + 1;
  else for (const [name, member] of Object.entries(value)) length += name.length + lengthOf(member) + 4;
  return length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
