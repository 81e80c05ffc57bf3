import type { JSX } from 'preact';
import { Icon } from '../components/icon.tsx';
import { rememberHost } from '../state/remembered-host.ts';

/** The fleet before its first host: one field, one button. The page of hosts does the rest, at once. */
export function FirstStart(): JSX.Element {
  return (
    <main id="main">
      <section class="card empty">
        <Icon name="rack" />
        <h1>No hosts yet</h1>
        <p>
          Register your first host. You get a token and the lines to install the agent; its first values
          appear here seconds after the installation.
        </p>
        <form
          class="stack"
          method="get"
          action="/admin/hosts"
          onSubmit={(event) => {
            const name = new FormData(event.currentTarget).get('add');
            if (typeof name === 'string') rememberHost(name);
          }}
        >
          <label class="field">
            <span>Name of the host</span>
            <input
              name="add"
              placeholder="pve-01"
              required
              maxLength={63}
              autocomplete="off"
              spellcheck={false}
            />
            <small class="faint">
              As you want to see it here. Letters, digits, dots, dashes and underscores.
            </small>
          </label>
          <button class="btn go" type="submit">
            Add host
          </button>
        </form>
        <p class="sm">The agent opens no port and takes no commands. It only sends.</p>
      </section>
    </main>
  );
}
