import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { messageFrom } from '../state/api.ts';
import { takeRememberedHost } from '../state/remembered-host.ts';
import { addHost } from './registered-store.ts';

interface AddHostFormProps {
  /** A name that was typed before. */
  readonly suggested: string;
  onAdded(): void;
}

export function AddHostForm({ suggested, onAdded }: AddHostFormProps): JSX.Element {
  const [name, setName] = useState(suggested);
  const [failure, setFailure] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      await addHost(name.trim());
      onAdded();
    } catch (error) {
      setFailure(messageFrom(error));
      setBusy(false);
      field.current?.focus();
    }
  };
  // once, for the name that the first start left here
  useEffect(() => {
    field.current?.focus();
    if (takeRememberedHost() === suggested && suggested !== '') void submit();
  }, []);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      <label class="field">
        <span>Name of the host</span>
        <input
          ref={field}
          name="name"
          value={name}
          onInput={(event) => {
            setName(event.currentTarget.value);
            setFailure(undefined);
          }}
          placeholder="pve-01"
          required
          maxLength={63}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={failure !== undefined}
          aria-describedby="name-note"
        />
        {failure === undefined ? (
          <small class="faint" id="name-note">
            As you want to see it here. Letters, digits, dots, dashes and underscores.
          </small>
        ) : (
          <small class="wrong" id="name-note" role="alert">
            {failure}
          </small>
        )}
      </label>
      <button class="btn go" type="submit" disabled={busy}>
        Add host
      </button>
    </form>
  );
}
