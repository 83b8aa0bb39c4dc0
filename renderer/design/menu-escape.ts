/** Mantine's menus and popovers. */
const OPENED = '[data-menu-dropdown], .mantine-Popover-dropdown';

/**
 * Gives Escape to the menu or popover that is open, wherever the focus is: Mantine's hear it only once the focus has come into
 * them, a moment after people see them. Call once.
 */
export function giveEscapeToMenus(): void {
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !event.isTrusted) return;
      const opened = [...document.querySelectorAll<HTMLElement>(OPENED)].findLast((each) => each.checkVisibility());
      if (!opened || opened.contains(document.activeElement)) return;
      event.preventDefault();
      event.stopPropagation();
      opened.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    },
    { capture: true },
  );
}
