/** What was found, and whether it is as it should be. `note`: it works, but somebody should know. */
export interface Finding {
  readonly verdict: 'ok' | 'note' | 'FAILED';
  readonly what: string;
  readonly found: string;
}
