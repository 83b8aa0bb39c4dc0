/** What comes over the page, takes the focus, and goes again: menus, dialogs, popovers, the palette. */
const OVER_THE_PAGE = '[role="menu"], [role="dialog"], [role="alertdialog"]';

/**
 * Gives the focus back to where it was on the page once what had it is gone: a menu, a dialog, a row that was deleted.
 * Where that place is gone too, to the nearest around it that takes the focus. Call once.
 */
export function followFocus(): void {
  let place: HTMLElement[] = [];
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && !target.closest(OVER_THE_PAGE)) place = around(target);
  });
  document.addEventListener('focusout', ({ target }) => {
    if (!(target instanceof HTMLElement) || target.closest(OVER_THE_PAGE)) return;
    // Let go of by the person, who clicked beside everything: nothing was lost.
    setTimeout(() => {
      if (target.isConnected && isLost()) place = [];
    });
  });
  // A removed element loses the focus without an event.
  new MutationObserver(() => {
    if (place.length === 0 || !isLost()) return;
    for (const element of place) {
      element.focus({ preventScroll: true });
      if (!isLost()) return;
    }
  }).observe(document.body, { childList: true, subtree: true });
}

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

/** The element and those around it, innermost first. */
function around(element: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let each: HTMLElement | null = element; each && each !== document.body; each = each.parentElement) {
    found.push(each);
  }
  return found;
}
