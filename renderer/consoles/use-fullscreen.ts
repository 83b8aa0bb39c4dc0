import { useCallback, useEffect, useState } from 'react';

/** Only Chromium has it: in full screen Alt-Tab, Esc and the like go to the page. */
interface LockableKeyboard {
  lock?: () => Promise<void>;
  unlock?: () => void;
}

const keyboard = (navigator as Navigator & { keyboard?: LockableKeyboard }).keyboard;

/**
 * Full screen for one console. The whole document goes full screen and the console is laid over it by style: menus and
 * dialogs, which live at the end of the body, stay visible.
 */
export function useFullscreen(): [isFull: boolean, toggle: () => void] {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    if (!isFull) return;
    const onChange = (): void => {
      if (!document.fullscreenElement) setFull(false);
    };
    document.addEventListener('fullscreenchange', onChange);
    return () => {
      document.removeEventListener('fullscreenchange', onChange);
      keyboard?.unlock?.();
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, [isFull]);
  const toggle = useCallback(() => {
    if (isFull) return setFull(false);
    setFull(true);
    // Refused where a policy forbids it: the console then fills the window, which is the next best.
    void document.documentElement.requestFullscreen().then(
      () => keyboard?.lock?.(),
      () => undefined,
    );
  }, [isFull]);
  return [isFull, toggle];
}
