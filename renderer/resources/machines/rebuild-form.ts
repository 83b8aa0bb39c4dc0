import { toBase64 } from '../../api/base64.ts';
import type { RebuildRequest } from '../../api/compute.api.ts';

export interface RebuildValues extends Record<string, unknown> {
  image: string;
  name: string;
  /** Null for none, undefined for the one it has. */
  keyName: string | null | undefined;
  userData: string;
  adminPass: string;
  keepsEphemeral: boolean;
}

/** The request: what is left empty stays as it is. */
export function toRebuild(values: RebuildValues): RebuildRequest {
  const { image, name, keyName, userData, adminPass, keepsEphemeral } = values;
  return {
    imageRef: image,
    name: name.trim(),
    ...(keyName !== undefined && { key_name: keyName }),
    ...(userData !== '' && { user_data: toBase64(userData.replaceAll('\r\n', '\n')) }),
    ...(adminPass !== '' && { adminPass }),
    ...(keepsEphemeral && { preserve_ephemeral: true }),
  };
}
