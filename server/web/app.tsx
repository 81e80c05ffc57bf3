import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { InitialData } from '../src/api/schema.ts';
import { Header } from './components/header.tsx';
import { LinkNotice } from './components/link-notice.tsx';
import { TroubleNotice } from './components/trouble-notice.tsx';
import { titleOf, verdictOf } from './fleet/verdict.ts';
import { hosts } from './state/store.ts';
import { showInTab } from './state/tab.ts';

interface AppProps {
  readonly initial: InitialData;
  readonly children: ComponentChildren;
  /** Somebody wants the link to the server back now. */
  onRetry(): void;
}

/** What all pages have around their own content. */
export function App({ initial, children, onRetry }: AppProps): JSX.Element {
  const { attention, severity } = verdictOf(hosts.value);
  const title = titleOf(pageName(initial), attention);
  useEffect(() => showInTab(title, attention, severity), [title, attention, severity]);
  return (
    <>
      <Header page={initial.page} version={initial.version} attention={attention} />
      <LinkNotice onRetry={onRetry} />
      <TroubleNotice />
      {children}
    </>
  );
}

/** The fleet is the product itself and has no name of its own. */
function pageName(initial: InitialData): string {
  switch (initial.page) {
    case 'fleet':
      return '';
    case 'host':
      return initial.data.summary.name;
    case 'hosts':
      return 'Hosts';
  }
}
