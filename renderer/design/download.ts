import { desktop } from '../api/desktop.ts';

/** Hands a file to the person: through a link, which the desktop app turns into its save dialog. */
export function downloadBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName(name);
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Text, in the desktop app by its own dialog and readable by its owner only. */
export function downloadText(name: string, content: string): void {
  const bridge = desktop();
  if (bridge) void bridge.invoke('file:save', { name: fileName(name), content });
  else downloadBlob(name, new Blob([content], { type: 'text/plain;charset=utf-8' }));
}

/** Machine names are free text; what file systems trip over is left out. */
export function fileName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are part of what is left out
  const plain = name.replaceAll(/[\u0000-\u001f<>:"/\\|?*]+/g, '-').replace(/^\.+/, '');
  return plain === '' ? 'cumulet' : plain;
}
