import { privateKeyFile } from '../../design/private-key-file.ts';
import { saveFile } from '../../design/save-file.ts';

/** Into a file; answers false when the person thought better of it. */
export async function savePrivateKey(name: string, privateKey: string): Promise<boolean> {
  return await saveFile(privateKeyFile(name), privateKey, 'application/x-pem-file');
}
