import { signal } from '@preact/signals';

/** The bucket under the pointer, the same in all charts. Undefined: nobody points. */
export const cursorIndex = signal<number | undefined>(undefined);
