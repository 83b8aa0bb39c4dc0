import { desktop } from '../api/desktop.ts';

/** Time for a browser to take a download up before its address is withdrawn. */
const REVOKE_AFTER_MS = 10_000;

/**
 * A text into a file: the desktop app writes it for its owner alone, a browser into its downloads. Answers false when
 * the person thought better of it.
 */
export async function saveFile(name: string, content: string, type = 'text/plain'): Promise<boolean> {
  const bridge = desktop();
  if (bridge) return await bridge.invoke('file:save', { name, content });
  saveBlob(name, new Blob([content], { type }));
  return true;
}

/** Into a browser's downloads. */
export function saveBlob(name: string, bytes: Blob): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), REVOKE_AFTER_MS);
}
