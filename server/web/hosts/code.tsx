import type { JSX } from 'preact';
import { CopyButton } from '../components/copy-button.tsx';

interface CodeProps {
  readonly text: string;
  /** What is copied: "the block". */
  readonly what: string;
  /** Too long to be read in passing: it scrolls in a frame of its own. */
  readonly long?: boolean;
}

/** Something to paste into a shell, and a button that copies exactly that. */
export function Code({ text, what, long = false }: CodeProps): JSX.Element {
  return (
    <div class={long ? 'code long' : 'code'}>
      {long ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by the keyboard too
        <section tabIndex={0} aria-label={what}>
          {text}
        </section>
      ) : (
        <span>{text}</span>
      )}
      <CopyButton text={text} what={what} />
    </div>
  );
}
