import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { heldOrder, sameOrder } from './held-order.ts';

export interface HeldOrder {
  readonly names: readonly string[];
  /** The order has changed, but somebody points at the rows. */
  readonly held: boolean;
  release(): void;
}

/**
 * The wanted order, except while a pointer or the focus is in the element: then rows stay where they are.
 * @param choice what the person chose (filter, sorting): a change of it is followed at once
 */
export function useHeldOrder(
  element: RefObject<HTMLElement | null>,
  wanted: readonly string[],
  choice: string,
): HeldOrder {
  const [busy, setBusy] = useState(false);
  const shown = useRef({ choice, names: wanted });
  useEffect(() => {
    const root = element.current;
    if (root === null) return undefined;
    let pointed = false;
    const update = (): void => setBusy(pointed || root.contains(document.activeElement));
    const enter = (event: PointerEvent): void => {
      // a finger is lifted without leaving
      pointed = event.pointerType === 'mouse';
      update();
    };
    const leave = (): void => {
      pointed = false;
      update();
    };
    const later = (): void => queueMicrotask(update);
    root.addEventListener('pointerenter', enter);
    root.addEventListener('pointerleave', leave);
    root.addEventListener('focusin', update);
    root.addEventListener('focusout', later);
    return () => {
      root.removeEventListener('pointerenter', enter);
      root.removeEventListener('pointerleave', leave);
      root.removeEventListener('focusin', update);
      root.removeEventListener('focusout', later);
    };
  }, [element]);
  const follows = !busy || shown.current.choice !== choice;
  const names = follows ? wanted : heldOrder(shown.current.names, wanted);
  shown.current = { choice, names };
  return { names, held: !sameOrder(names, wanted), release: () => setBusy(false) };
}
