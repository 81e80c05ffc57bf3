import type { Static, TSchema } from 'typebox';

/** Where a value does not fit its schema, and how. */
export interface Problem {
  /** As in JSON Pointer: `/disks/3/name`. */
  readonly path: string;
  /** "must be a number". */
  readonly message: string;
}

/** Holds a value against what a part of a schema asks for. */
type Checker = (value: unknown, path: string) => Problem | undefined;

const checkers = new WeakMap<TSchema, Checker>();

/**
 * Whether a value fits a schema of the protocol. An agent checks every document before it is sent, without a compiler
 * and every ten seconds: so a schema is taken apart once, and only what the protocol's schemas use is known.
 * @throws Error when the schema asks for something that is not known here
 */
export function fits<Schema extends TSchema>(schema: Schema, value: unknown): value is Static<Schema> {
  return problemWith(schema, value) === undefined;
}

/** The first thing about a value that does not fit; undefined when all does. */
export function problemWith(schema: TSchema, value: unknown): Problem | undefined {
  let checker = checkers.get(schema);
  if (checker === undefined) {
    checker = checkerOf(schema);
    checkers.set(schema, checker);
  }
  return checker(value, '');
}

function checkerOf(schema: unknown): Checker {
  const keywords = new Keywords(schema);
  const checker = keywords.has('anyOf') ? anyOf(keywords) : byType(keywords);
  keywords.allUsed();
  return checker;
}

function byType(keywords: Keywords): Checker {
  const type = keywords.take('type');
  switch (type) {
    case 'object':
      return object(keywords);
    case 'array':
      return array(keywords);
    case 'string':
      return string(keywords);
    case 'number':
    case 'integer':
      return number(keywords, type === 'integer');
    case 'boolean':
      return (value, path) =>
        typeof value === 'boolean' ? undefined : { path, message: 'must be true or false' };
    case undefined:
      // What another place holds against its own schema.
      return () => undefined;
    default:
      throw new Error(`no check for the type ${String(type)}`);
  }
}

function anyOf(keywords: Keywords): Checker {
  const choices = keywords.list('anyOf').map(checkerOf);
  return (value, path) => {
    for (const choice of choices) if (choice(value, path) === undefined) return undefined;
    return { path, message: 'is none of what it may be' };
  };
}

function object(keywords: Keywords): Checker {
  const required = keywords.list('required').map(String);
  const properties = keywords
    .entries('properties')
    .map(([name, schema]) => [name, checkerOf(schema)] as const);
  const patterns = keywords
    .entries('patternProperties')
    .map(([pattern, schema]) => [new RegExp(pattern), checkerOf(schema)] as const);
  const most = keywords.number('maxProperties', Number.POSITIVE_INFINITY);
  const isClosed = keywords.take('additionalProperties') === false;
  const isRecord = patterns.length > 0 || isClosed || most !== Number.POSITIVE_INFINITY;
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { path, message: 'must be an object' };
    for (const name of required) {
      if (!Object.hasOwn(value, name)) return { path, message: `must have "${name}"` };
    }
    for (const [name, checker] of properties) {
      const member = memberOf(value, name);
      if (member === undefined) continue;
      const problem = checker(member, `${path}/${name}`);
      if (problem !== undefined) return problem;
    }
    return isRecord ? ofRecord(value, path) : undefined;
  };

  function ofRecord(value: object, path: string): Problem | undefined {
    const members = Object.entries(value);
    if (members.length > most) return { path, message: `must not have more than ${most} entries` };
    for (const [name, member] of members) {
      const fitting = patterns.filter(([pattern]) => pattern.test(name));
      const isKnown = fitting.length > 0 || properties.some(([known]) => known === name);
      if (isClosed && !isKnown) return { path, message: `must not have "${name.slice(0, 64)}"` };
      for (const [, checker] of fitting) {
        const problem = checker(member, `${path}/${name}`);
        if (problem !== undefined) return problem;
      }
    }
    return undefined;
  }
}

/** Undefined also for what an object inherits. */
function memberOf(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function array(keywords: Keywords): Checker {
  const item = checkerOf(keywords.take('items'));
  const most = keywords.number('maxItems', Number.POSITIVE_INFINITY);
  return (value, path) => {
    if (!Array.isArray(value)) return { path, message: 'must be a list' };
    if (value.length > most) return { path, message: `must not have more than ${most} entries` };
    for (let index = 0; index < value.length; index += 1) {
      const problem = item(value[index], `${path}/${index}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

function string(keywords: Keywords): Checker {
  const only = keywords.take('const');
  const least = keywords.number('minLength', 0);
  const most = keywords.number('maxLength', Number.POSITIVE_INFINITY);
  const source = keywords.take('pattern');
  const pattern = source === undefined ? undefined : new RegExp(String(source), 'u');
  return (value, path) => {
    if (typeof value !== 'string') return { path, message: 'must be a text' };
    if (only !== undefined)
      return value === only ? undefined : { path, message: `must be "${String(only)}"` };
    if (value.length < least) return { path, message: `must have at least ${least} characters` };
    // A character may be two units of a JavaScript string.
    if (value.length > most && [...value].length > most)
      return { path, message: `must not have more than ${most} characters` };
    if (pattern !== undefined && !pattern.test(value))
      return { path, message: `must match ${String(source)}` };
    return undefined;
  };
}

function number(keywords: Keywords, isWhole: boolean): Checker {
  const least = keywords.number('minimum', Number.NEGATIVE_INFINITY);
  const most = keywords.number('maximum', Number.POSITIVE_INFINITY);
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return { path, message: 'must be a number' };
    if (isWhole && !Number.isInteger(value)) return { path, message: 'must be a whole number' };
    if (value < least) return { path, message: `must not be below ${least}` };
    if (value > most) return { path, message: `must not be above ${most}` };
    return undefined;
  };
}

/** What a schema asks for, taken out one by one, so that nothing is passed over. */
class Keywords {
  readonly #left: Map<string, unknown>;

  constructor(schema: unknown) {
    this.#left = new Map(Object.entries(Object(schema)));
  }

  has(keyword: string): boolean {
    return this.#left.has(keyword);
  }

  take(keyword: string): unknown {
    const value = this.#left.get(keyword);
    this.#left.delete(keyword);
    return value;
  }

  list(keyword: string): unknown[] {
    const value = this.take(keyword);
    return Array.isArray(value) ? value : [];
  }

  entries(keyword: string): [string, unknown][] {
    return Object.entries(Object(this.take(keyword) ?? {}));
  }

  number(keyword: string, otherwise: number): number {
    const value = this.take(keyword);
    return typeof value === 'number' ? value : otherwise;
  }

  /** @throws Error when something is left over */
  allUsed(): void {
    const [unknown] = this.#left.keys();
    if (unknown !== undefined) throw new Error(`no check for "${unknown}" of a schema`);
  }
}
