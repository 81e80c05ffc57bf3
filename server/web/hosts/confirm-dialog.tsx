import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../components/dialog.tsx';
import { messageFrom } from '../state/api.ts';

interface ConfirmDialogProps {
  readonly title: string;
  readonly verb: string;
  readonly children: ComponentChildren;
  act(): Promise<void>;
  onClose(): void;
}

/** Asks once before something that cannot be taken back. */
export function ConfirmDialog({ title, verb, children, act, onClose }: ConfirmDialogProps): JSX.Element {
  const [failure, setFailure] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await act();
      onClose();
    } catch (error) {
      setFailure(messageFrom(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p class="dim">{children}</p>
      {failure === undefined ? null : (
        <p class="wrong" role="alert">
          {failure}
        </p>
      )}
      <form method="dialog" class="choices">
        <button type="submit" class="btn">
          Cancel
        </button>
        <button type="button" class="btn danger" disabled={busy} onClick={() => void confirm()}>
          {verb}
        </button>
      </form>
    </Dialog>
  );
}
