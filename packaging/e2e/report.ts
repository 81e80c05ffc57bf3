export interface Figure {
  readonly what: string;
  readonly seconds: number;
}

/** A step that later ones build on failed; the rest of its scenario makes no sense. */
export class StepFailedError extends Error {
  override name = 'StepFailedError';
}

/** What to print to help with a failure: the last lines of logs. */
export type Diagnose = () => Promise<string>;

/** Counts and prints what was checked, and how long each took. */
export class Report {
  readonly #print: (line: string) => void;
  readonly #figures: Figure[] = [];
  #diagnose: Diagnose | undefined;
  readonly #whole: Report | undefined;
  readonly #interruption: AbortController;
  readonly #appendix: string[] = [];
  #passed = 0;
  #failed = 0;

  constructor(print: (line: string) => void, whole?: Report) {
    this.#print = print;
    this.#whole = whole;
    this.#interruption = whole === undefined ? new AbortController() : whole.#interruption;
  }

  /** A report whose lines begin with `label`. It counts for itself and for the whole, and is interrupted with it. */
  part(label: string): Report {
    const print = (line: string): void =>
      this.#print(line.startsWith('\n') ? `\n${label}  ${line.slice(1)}` : `${label}  ${line}`);
    return new Report(print, this);
  }

  get failed(): number {
    return this.#failed;
  }

  get isInterrupted(): boolean {
    return this.#interruption.signal.aborted;
  }

  /** From now on nothing is tried any more, and what fails because of that is not counted. */
  interrupt(): void {
    this.#interruption.abort();
  }

  /** Asked after each failure. */
  diagnoseWith(diagnose: Diagnose): void {
    this.#diagnose = diagnose;
  }

  heading(text: string): void {
    this.#print(`\n${text}`);
  }

  note(text: string): void {
    this.#print(`        ${text}`);
  }

  /** Something that later steps need: a failure ends the scenario with a StepFailedError. */
  async step<Result>(sentence: string, action: () => Promise<Result>): Promise<Result> {
    const result = await this.#attempt(sentence, action);
    if (!result.ok) throw new StepFailedError(sentence);
    return result.value;
  }

  /** Something that stands alone: a failure is counted, and the scenario goes on. */
  async check(sentence: string, action: () => Promise<void>): Promise<void> {
    await this.#attempt(sentence, action);
  }

  /** Lines for the end, such as a table. */
  appendix(lines: readonly string[]): void {
    this.#appendix.push('', ...lines);
  }

  figure(what: string, seconds: number): void {
    this.#record(what, seconds);
    this.note(`${what}: ${seconds.toFixed(1)} s`);
  }

  /** A scenario ended by something that is no step. */
  async broken(scenario: string, error: unknown): Promise<void> {
    this.#countFailed();
    await this.#printFailure(`FAIL           ${scenario} was not finished`, error);
  }

  summary(seconds: number): void {
    for (const line of this.#appendix) this.#print(line);
    this.#print('');
    for (const { what, seconds: taken } of this.#figures) this.#print(`${what}: ${taken.toFixed(1)} s`);
    this.#print(`${this.#passed} passed, ${this.#failed} failed, in ${seconds.toFixed(0)} s`);
  }

  async #attempt<Result>(
    sentence: string,
    action: () => Promise<Result>,
  ): Promise<{ ok: true; value: Result } | { ok: false }> {
    this.#endIfInterrupted();
    const begin = performance.now();
    const taken = (): string => `${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s`;
    try {
      const value = await action();
      this.#countPassed();
      this.#print(`  ok  ${taken()}  ${sentence}`);
      return { ok: true, value };
    } catch (error) {
      this.#endIfInterrupted();
      this.#countFailed();
      await this.#printFailure(`FAIL  ${taken()}  ${sentence}`, error);
      return { ok: false };
    }
  }

  #countPassed(): void {
    this.#passed += 1;
    if (this.#whole !== undefined) this.#whole.#countPassed();
  }

  #countFailed(): void {
    this.#failed += 1;
    if (this.#whole !== undefined) this.#whole.#countFailed();
  }

  #record(what: string, seconds: number): void {
    if (this.#whole === undefined) this.#figures.push({ what, seconds });
    else this.#whole.#record(what, seconds);
  }

  #endIfInterrupted(): void {
    if (this.isInterrupted) throw new StepFailedError('interrupted');
  }

  async #printFailure(line: string, error: unknown): Promise<void> {
    this.#print(line);
    const reason = error instanceof Error ? error.message : String(error);
    for (const part of reason.split('\n')) this.note(part);
    const diagnosis = await this.#diagnose?.().catch((problem: unknown) => `no logs: ${String(problem)}`);
    for (const part of diagnosis?.trim().split('\n') ?? []) this.note(`| ${part}`);
  }
}
