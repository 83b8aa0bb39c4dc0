import { desktop } from '../../api/desktop.ts';
import { privateKeyFile } from './ssh-public-key.ts';

/** Time for a browser to take a download up before its address is withdrawn. */
const REVOKE_AFTER_MS = 10_000;

/**
 * Into a file: the desktop app writes it for its owner alone, a browser into its downloads. Answers false when the
 * person thought better of it.
 */
export async function savePrivateKey(name: string, privateKey: string): Promise<boolean> {
  const file = privateKeyFile(name);
  const bridge = desktop();
  if (bridge) return await bridge.invoke('file:save', { name: file, content: privateKey });
  const address = URL.createObjectURL(new Blob([privateKey], { type: 'application/x-pem-file' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), REVOKE_AFTER_MS);
  return true;
}
