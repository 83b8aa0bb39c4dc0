import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { t } from '../i18n/i18n.ts';

/** How long a button says that it has copied. */
const COPIED_MS = 1200;

/**
 * Copies; answers whether it did, and says so where it did not. Only pages over TLS or of this computer have
 * `navigator.clipboard`: elsewhere a selection is copied as by the keyboard.
 */
export async function copyText(text: string): Promise<boolean> {
  const isCopied = navigator.clipboard ? await isWritten(text) : copySelected(text);
  if (!isCopied) sayWhyNot(t('design:clipboard.copyFailed'), t('design:clipboard.copyHint'));
  return isCopied;
}

/** What the clipboard holds; null, and a sentence to the person, where the browser keeps it from the page. */
export async function readClipboard(): Promise<string | null> {
  try {
    if (navigator.clipboard) return await navigator.clipboard.readText();
  } catch {
    // The person refused, or the browser never asks.
  }
  sayWhyNot(t('design:clipboard.pasteFailed'), t('design:clipboard.pasteHint'));
  return null;
}

/** For a button that says for a moment that it has copied. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<boolean> } {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (text: string): Promise<boolean> => {
    const isCopied = await copyText(text);
    clearTimeout(timer.current);
    setCopied(isCopied);
    timer.current = setTimeout(() => setCopied(false), COPIED_MS);
    return isCopied;
  };
  return { copied, copy };
}

async function isWritten(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function copySelected(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  // A dialog lets the focus go nowhere but into itself.
  (before?.closest('[role=dialog]') ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return isCopied;
}

function sayWhyNot(title: string, message: string): void {
  notifications.show({ color: 'red', title, message, withBorder: true });
}
