import { saveFile } from '../../design/save-file.ts';
import { privateKeyFile } from './ssh-public-key.ts';

/** Into a file; answers false when the person thought better of it. */
export async function savePrivateKey(name: string, privateKey: string): Promise<boolean> {
  return await saveFile(privateKeyFile(name), privateKey, 'application/x-pem-file');
}
