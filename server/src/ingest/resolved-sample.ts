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

/**
 * What a connection's samples told last, by name, so that the next may tell differences only. Kept as JSON text, which
 * takes a fraction of the room; as it came, because a later agent counts numbers that this version does not know.
 */
export class LastTold {
  readonly #texts = { documents: new Map<string, string>(), sources: new Map<string, string>() };
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
    let length = 0;
    for (const part of PARTS) {
      const full = value[part];
      if (!isObject(full)) continue;
      for (const [name, difference] of Object.entries(differences[part])) {
        const text = this.#apply(part, name, difference);
        length += text.length;
        full[name] = JSON.parse(text);
      }
    }
    return length;
  }

  #remember(part: Part, told: unknown): void {
    if (!isObject(told)) return;
    for (const [name, value] of Object.entries(told)) this.#keep(part, name, JSON.stringify(value));
  }

  #apply(part: Part, name: string, difference: Difference): string {
    const before = this.#texts[part].get(name);
    if (before === undefined)
      throw new MessageError(CLOSE_CODES.badFrame, `a difference of ${part}/${name}, which was never told`);
    try {
      const text = JSON.stringify(withDifference(JSON.parse(before), difference));
      this.#keep(part, name, text);
      return text;
    } catch (error) {
      if (!(error instanceof DifferenceError)) throw error;
      throw new MessageError(CLOSE_CODES.badFrame, `${part}/${name}: ${error.message}`, { cause: error });
    }
  }

  #keep(part: Part, name: string, text: string): void {
    const texts = this.#texts[part];
    this.#length -= texts.get(name)?.length ?? 0;
    texts.delete(name);
    // An agent's first sample holds everything, and is half as long at most.
    if (this.#length + text.length > MOST_CHARACTERS || texts.size >= LIMITS.listLength) return;
    this.#length += text.length;
    texts.set(name, text);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
