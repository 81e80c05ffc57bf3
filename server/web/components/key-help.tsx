import type { JSX } from 'preact';
import { Dialog } from './dialog.tsx';

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['/'], 'Search hosts'],
  [['j', 'k'], 'Next and previous row'],
  [['Enter'], 'Open the row'],
  [['g f'], 'Go to the fleet'],
  [['g h'], 'Go to the registered hosts'],
  [['[', ']'], 'Previous and next host'],
  [['1', '2', '3', '4'], 'Time range of the charts'],
  [['←', '→'], 'Move the cursor of a focused chart'],
  [['?'], 'This list'],
  [['Esc'], 'Close'],
];

export function KeyHelp({ onClose }: { onClose(): void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keylist">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="btn">
          Close
        </button>
      </form>
    </Dialog>
  );
}
