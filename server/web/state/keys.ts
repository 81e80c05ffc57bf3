type Action = () => void;
export type KeyBindings = Readonly<Record<string, Action>>;

/** How long after `g` the second key may come. */
const SEQUENCE_MS = 1_200;

const bound = new Set<KeyBindings>();
let previous: { readonly key: string; readonly atMs: number } | undefined;

/** Binds keys such as "j" or "g f" until the function that it returns is called. */
export function bindKeys(bindings: KeyBindings): () => void {
  bound.add(bindings);
  return () => bound.delete(bindings);
}

export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    const action = actionFor(event.key, Date.now());
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

/** Looks for the sequence first, then for the key alone. */
export function actionFor(key: string, atMs: number): Action | undefined {
  const first = previous !== undefined && atMs - previous.atMs < SEQUENCE_MS ? previous.key : '';
  previous = { key, atMs };
  return find(`${first} ${key}`) ?? find(key);
}

function find(name: string): Action | undefined {
  return [...bound].map((bindings) => bindings[name]).findLast((action) => action !== undefined);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, select, textarea, dialog *');
}
